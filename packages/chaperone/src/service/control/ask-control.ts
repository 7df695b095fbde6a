import { request } from 'node:http';
import { controlPath } from './control-path.ts';

/**
 * Asks the service that runs on a data folder. Undefined: none runs there.
 *
 * @throws Error with the service's own words where it could not do what was asked
 */
export function askControl<T>(
  data: string,
  name: string,
  ask: Record<string, unknown>,
): Promise<{ answer: T } | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath: controlPath(data), path: `/${name}`, method: 'POST', agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('error', reject).on('end', () => {
          const said = JSON.parse(text);
          if (response.statusCode === 200) resolve(said);
          else reject(new Error(said.error));
        });
      },
    );
    call.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? resolve(undefined) : reject(error),
    );
    call.end(JSON.stringify(ask));
  });
}
