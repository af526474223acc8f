/** The one way to the server: same-origin cookie session, problem+json as an error with its fields. */

import type { paths } from "./schema";
import { traffic } from "./traffic";

type Filled<Path extends string> = Path extends `${infer Head}{${string}}${infer Rest}`
  ? `${Head}${string}${Filled<Rest>}`
  : Path;
type Short<Path> = Path extends `/api/v1${infer Rest}` ? Filled<Rest> : never;
/** The address of a query: empty, or from the question mark on. */
export type Query = "" | `?${string}`;
/** A path that the server's own description knows, with its blanks filled in; anything else does not compile. */
export type ApiPath = `${Short<keyof paths>}${Query}`;

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

export interface ProblemBody {
  status: number;
  code: string;
  field: string | null;
  message: string;
  request_id: string | null;
  errors: FieldProblem[];
  missing?: { field: string; label: string | Record<string, string> }[];
  params?: Record<string, unknown>;
}

export class ApiProblem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.message);
  }

  /** Messages by field key. */
  get byField(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const error of this.body.errors) found[error.field] ??= error.message;
    if (this.body.field && !found[this.body.field]) found[this.body.field] = this.body.message;
    return found;
  }
}

export const API = "/api/v1";

/** A fresh random key. `crypto.randomUUID` does not exist on a plain http address in a local network. */
function requestKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((one) => one.toString(16).padStart(2, "0"))
    .join("");
}

interface Options {
  method?: string;
  body?: unknown;
  version?: number;
  form?: FormData;
}

export async function api<T>(path: ApiPath, { method, body, version, form }: Options = {}): Promise<T> {
  const headers: Record<string, string> = { "Accept-Language": document.documentElement.lang };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const verb = method ?? (body !== undefined || form ? "POST" : "GET");
  if (verb === "POST" && path.startsWith("/records/")) headers["Idempotency-Key"] = requestKey();
  // Aggregates and searches by POST change nothing; everything else that is not a GET is a save.
  const isSave = verb !== "GET" && !path.endsWith("/aggregate");
  let response: Response;
  traffic.began(isSave);
  try {
    response = await fetch(API + path, {
      method: verb,
      headers,
      body: form ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
    traffic.ended(isSave, true);
  } catch {
    traffic.ended(isSave, false);
    throw new ApiProblem({
      status: 0,
      code: "OFFLINE",
      field: null,
      message: "",
      request_id: null,
      errors: [],
    });
  }
  if (response.status === 204) return undefined as T;
  const data = await response.json().catch(() => null);
  if (!response.ok) {
    throw new ApiProblem(
      data ?? {
        status: response.status,
        code: "INTERNAL",
        field: null,
        message: "",
        request_id: null,
        errors: [],
      },
    );
  }
  return data as T;
}

export function query(params: Record<string, unknown>): Query {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null || value === "") continue;
    found.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  const text = found.toString();
  return text ? `?${text}` : "";
}
