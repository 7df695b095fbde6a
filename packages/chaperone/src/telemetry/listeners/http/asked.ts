import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../../intake.ts';

/** A request whose sender is known. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly route: Route;
}

/** How much of this machine's memory a body may take: its bytes, and how many times that it takes while it is read. */
export interface BodyLimit {
  readonly most: number;
  readonly weight: number;
  /** bytes that are kept of a line; undefined: the body is no lines */
  readonly longest?: number;
}

/** What the ways of sending share. */
export interface IntakeRequests {
  /** Reads the body whole, does the work, and gives the memory back. @throws BodyError, Busy */
  withBody(asked: Asked, limit: BodyLimit, work: (body: Buffer) => Promise<void>): Promise<void>;
  /** Hands the records over and gives those that couldn't be read. @throws Busy and what the intake throws */
  store(asked: Asked, records: readonly Buffer[]): Promise<readonly unknown[]>;
  readonly room: number;
}

export function send(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body), 'application/json');
}

export function sendText(response: ServerResponse, status: number, text: string, type: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}
