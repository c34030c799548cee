// Reads a stream with the published RSocket client, unmodified: asks for few events at a time, breaks the socket after
// some, comes back with the last position, until it has as many as wanted. Then asks the log what there was to read.
//
//   npm ci && SLUICE_URL=http://127.0.0.1:8080 SLUICE_LOGINS=../../../../.sluice/demo-logins.json node resume.mjs
//
// SLUICE_URL                     http://127.0.0.1:8080
// SLUICE_TOKEN                   an access token; or
// SLUICE_TENANT, _USERNAME, _PASSWORD   whom to log in; or
// SLUICE_LOGINS, SLUICE_ROLE     a file of logins and the role to take from it (admin)
// SLUICE_TOPICS                  stock, several by comma
// SLUICE_AFTER                   position to begin after; absent: from now
// SLUICE_EVENTS                  how many to read (100)
// SLUICE_CUT_AFTER               events on each connection before it is broken (20)
// SLUICE_CREDIT                  request n, given again when it is used up (8)
// SLUICE_TIMEOUT_MS              for all of it (60000)
// SLUICE_VERIFY                  false: do not compare with GET /api/events
//
// Prints "listening" on standard error at each ready frame and one JSON line on standard output at the end; ends
// with 0 when every event came once and in order, and never more of them than were asked for, else with 1.

import { readFile } from "node:fs/promises";
import core from "rsocket-core";
import transport from "rsocket-websocket-client";
import WebSocket from "ws";

const { RSocketConnector } = core;
const { WebsocketClientTransport } = transport;

const ROUTING = 0x7e;
const AUTHENTICATION = 0x7c;
const BEARER = 0x81;
const PAGE = 200;
const RETRY_MILLIS = 200;

const env = (name, absent) => process.env[`SLUICE_${name}`] ?? absent;
const url = env("URL", "http://127.0.0.1:8080").replace(/\/$/, "");
const topics = env("TOPICS", "stock").split(",");
const wanted = Number(env("EVENTS", 100));
const cutAfter = Number(env("CUT_AFTER", 20));
const credit = Number(env("CREDIT", 8));
const deadline = Date.now() + Number(env("TIMEOUT_MS", 60_000));

const positions = [];
const ids = new Set();
let base = env("AFTER") === undefined ? undefined : Number(env("AFTER"));
let last = base;
let cuts = 0;
let refusals = 0;
let overruns = 0;
let repeatedIds = 0;

async function http(path, options = {}) {
  const answer = await fetch(url + path, { ...options, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) {
    throw new Error(`${path} answered ${answer.status} ${await answer.text()}`);
  }
  return answer.json();
}

async function credentials() {
  if (env("LOGINS") === undefined) {
    return { tenant: env("TENANT"), username: env("USERNAME"), password: env("PASSWORD") };
  }
  const role = env("ROLE", "admin").toLowerCase();
  const login = JSON.parse(await readFile(env("LOGINS"), "utf8")).find((one) => one.role.toLowerCase() === role);
  if (!login) {
    throw new Error(`no login with role ${role}`);
  }
  return { tenant: login.tenant, username: login.username, password: login.password };
}

async function accessToken() {
  if (env("TOKEN") !== undefined) {
    return env("TOKEN");
  }
  const body = JSON.stringify(await credentials());
  const headers = { "Content-Type": "application/json" };
  return (await http("/api/auth/login", { method: "POST", headers, body })).accessToken;
}

/** One entry of composite metadata with a well-known mime type. */
function entry(mime, content) {
  const head = Buffer.alloc(4);
  head.writeUInt8(0x80 | mime, 0);
  head.writeUIntBE(content.length, 1, 3);
  return Buffer.concat([head, content]);
}

function connector(token, onSocket) {
  return new RSocketConnector({
    setup: {
      keepAlive: 20_000,
      lifetime: 90_000,
      dataMimeType: "application/json",
      metadataMimeType: "message/x.rsocket.composite-metadata.v0",
      payload: {
        data: Buffer.alloc(0),
        metadata: entry(AUTHENTICATION, Buffer.concat([Buffer.from([BEARER]), Buffer.from(token)])),
      },
    },
    transport: new WebsocketClientTransport({
      url: `${url.replace(/^http/, "ws")}/rsocket`,
      wsCreator: (address) => onSocket(new WebSocket(address)),
    }),
  });
}

function request() {
  const route = Buffer.from("streams");
  return {
    metadata: entry(ROUTING, Buffer.concat([Buffer.from([route.length]), route])),
    data: Buffer.from(JSON.stringify({ topics, after: last, snapshot: false, implicit: false })),
  };
}

function take(event) {
  positions.push(event.position);
  repeatedIds += ids.has(event.id) ? 1 : 0;
  ids.add(event.id);
  last = event.position;
}

function takeFrame(frame) {
  if (frame.frame === "ready") {
    base ??= frame.position;
    last ??= frame.position;
    console.error("listening");
  }
  const events = frame.frame === "event" ? (frame.events ?? [frame]) : [];
  events.forEach(take);
  return events.length;
}

/** One connection: answers why it ended, "cut" when it was broken as intended or all was read. */
async function connection(token) {
  let socket;
  const rsocket = await connector(token, (created) => (socket = created)).connect();
  return new Promise((resolve) => {
    let demand = credit;
    let here = 0;
    let over = false;
    const end = (reason) => {
      if (!over) {
        over = true;
        clearTimeout(timer);
        socket.terminate();
        resolve(reason);
      }
    };
    const timer = setTimeout(() => end("timeout"), Math.max(0, deadline - Date.now()));
    rsocket.onClose((error) => end(error?.message ?? "closed"));
    const stream = rsocket.requestStream(request(), credit, {
      onNext: (payload, isComplete) => {
        if (over) {
          return;
        }
        overruns += --demand < 0 ? 1 : 0;
        here += takeFrame(JSON.parse(payload.data.toString()));
        if (here >= cutAfter || positions.length >= wanted) {
          end("cut");
        } else if (isComplete) {
          end("completed");
        } else if (demand <= 0) {
          demand = credit;
          stream.request(credit);
        }
      },
      onError: (error) => end(error.message),
      onComplete: () => end("completed"),
      onExtension: () => {},
    });
  });
}

async function readAll(token) {
  while (positions.length < wanted) {
    if (Date.now() > deadline) {
      throw new Error(`timeout with ${positions.length} of ${wanted} events`);
    }
    const reason = await connection(token).catch((error) => error.message ?? String(error));
    if (reason === "cut") {
      cuts++;
    } else {
      refusals++;
      console.error(`connection ended: ${reason}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
  }
}

/** The positions that the log lists for the topics, after the first and up to the last one read. */
async function logged(token) {
  const found = new Set();
  const headers = { Authorization: `Bearer ${token}` };
  for (const topic of topics) {
    for (let from = base; from < last; from += PAGE) {
      const before = Math.min(from + PAGE + 1, last + 1);
      const query = new URLSearchParams({ topic, after: from, before, limit: PAGE });
      const page = await http(`/api/events?${query}`, { headers });
      page.items.forEach((event) => found.add(event.position));
    }
  }
  return found;
}

async function verdict(token) {
  const seen = new Set(positions);
  const log = env("VERIFY", "true") === "false" ? seen : await logged(token);
  const disorders = positions.filter((position, i) => i > 0 && position <= positions[i - 1]).length;
  const repeats = positions.length - seen.size + repeatedIds;
  const missing = [...log].filter((position) => !seen.has(position)).sort((a, b) => a - b);
  const foreign = [...seen].filter((position) => !log.has(position)).sort((a, b) => a - b);
  const ok = disorders + repeats + overruns + missing.length + foreign.length === 0 && positions.length >= wanted;
  return { ok, base, last, cuts, refusals, overruns, disorders, repeats, missing, foreign };
}

let result;
try {
  const token = await accessToken();
  await readAll(token);
  result = await verdict(token);
} catch (error) {
  result = { ok: false, base, last, cuts, refusals, error: [error.message, error.cause?.message].filter(Boolean).join(": ") };
}
const line = JSON.stringify({ ...result, events: positions.length, positions });
process.stdout.write(`${line}\n`, () => process.exit(result.ok ? 0 : 1));
