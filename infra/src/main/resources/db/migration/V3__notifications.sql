-- Notifications, made by a consumer of the log: its position moves in the transaction that writes what it read.

CREATE TABLE consumer (
    tenant_id   uuid NOT NULL,
    name        text NOT NULL,
    position    bigint NOT NULL DEFAULT 0,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, name)
);
CALL isolate('consumer', 'SELECT, INSERT, UPDATE');

CREATE TABLE notification (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    account_id      uuid NOT NULL,
    type            text NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('INFO', 'WARNING', 'ERROR', 'CRITICAL')),
    title           text NOT NULL,
    message         text NOT NULL,
    data            jsonb NOT NULL,
    subject         text NOT NULL,
    event_position  bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    read_at         timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT notification_once UNIQUE (tenant_id, account_id, event_position, type),
    FOREIGN KEY (tenant_id, account_id) REFERENCES account
);
CREATE INDEX notification_inbox ON notification (tenant_id, account_id, id);
CALL isolate('notification', 'SELECT, INSERT, UPDATE');
