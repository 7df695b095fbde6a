/**
 * Bytes that are kept of one record by RELP and HTTP; what is beyond is left out as it comes and told as a problem of its source. A mebibyte is what
 * Kafka, CloudWatch and Splunk's collector take of an event; real logs stay far below.
 */
export const LONGEST_RECORD = 1 << 20;
