-- A table for tsnetstat's NDJSON, and views of it. Each line is stored unchanged.
--
--   sqlite3 sockets.db < contrib/sqlite/sockets.sql
--   tsnetstat -tuanp --format ndjson |
--     sqlite3 sockets.db '.mode ascii' '.separator "\037" "\n"' '.import /dev/stdin lines'
--
-- Requires SQLite 3.38 or later. What the platform does not report is NULL.

CREATE TABLE IF NOT EXISTS lines (line TEXT NOT NULL CHECK (json_valid(line)));

-- One row for each reading of a socket, with its first owner. UNIX sockets have a path instead of addresses.
CREATE VIEW IF NOT EXISTS sockets AS
SELECT
  rowid AS line_id,
  line ->> '$.takenAt' AS taken_at,
  line ->> '$.protocol' AS protocol,
  line ->> '$.local.address' AS local_address,
  line ->> '$.local.port' AS local_port,
  line ->> '$.remote.address' AS remote_address,
  line ->> '$.remote.port' AS remote_port,
  line ->> '$.path' AS path,
  line ->> '$.state' AS state,
  line ->> '$.recvQueue' AS recv_queue,
  line ->> '$.sendQueue' AS send_queue,
  line ->> '$.uid' AS uid,
  line ->> '$.inode' AS inode,
  line ->> '$.owners[0].pid' AS pid,
  line ->> '$.owners[0].program' AS program
FROM lines
WHERE line ->> '$.report' = 'sockets';

-- Every process that has a socket open, if owners were requested (-p).
CREATE VIEW IF NOT EXISTS owners AS
SELECT
  lines.rowid AS line_id,
  owner.value ->> '$.pid' AS pid,
  owner.value ->> '$.program' AS program,
  owner.value ->> '$.commandLine' AS command_line,
  owner.value ->> '$.fd' AS fd
FROM lines, json_each(lines.line, '$.owners') AS owner
WHERE line ->> '$.report' = 'sockets';

-- The output of --follow: one row for each change.
CREATE VIEW IF NOT EXISTS events AS
SELECT
  rowid AS line_id,
  line ->> '$.time' AS time,
  line ->> '$.event' AS event,
  line ->> '$.socket.protocol' AS protocol,
  line ->> '$.socket.local.address' AS local_address,
  line ->> '$.socket.local.port' AS local_port,
  line ->> '$.socket.remote.address' AS remote_address,
  line ->> '$.socket.remote.port' AS remote_port,
  line ->> '$.socket.state' AS state,
  line ->> '$.stateBefore' AS state_before,
  line ->> '$.seenFor' AS seen_for_ms,
  line ->> '$.traffic.bytesSent' AS bytes_sent,
  line ->> '$.traffic.bytesReceived' AS bytes_received,
  line ->> '$.socket.owners[0].pid' AS pid,
  line ->> '$.socket.owners[0].program' AS program
FROM lines
WHERE line ->> '$.report' = 'events' AND line ->> '$.event' <> 'warning';
