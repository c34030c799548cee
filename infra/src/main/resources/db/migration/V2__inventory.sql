-- Inventory: catalogue, places, stock rows, the ledger of movements, usage by day, alerts, imports.

CREATE TABLE category (
    tenant_id           uuid NOT NULL,
    id                  uuid NOT NULL,
    code                text NOT NULL CHECK (length(code) BETWEEN 1 AND 60),
    name                text NOT NULL,
    description         text,
    parent_id           uuid,
    path                uuid[] NOT NULL,
    depth               smallint NOT NULL CHECK (depth BETWEEN 1 AND 10),
    reorder_threshold   numeric(18,3) CHECK (reorder_threshold >= 0),
    critical_threshold  numeric(18,3) CHECK (critical_threshold >= 0),
    max_quantity        numeric(18,3) CHECK (max_quantity >= 0),
    active              boolean NOT NULL DEFAULT true,
    version             bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    created_by          text NOT NULL,
    updated_at          timestamptz NOT NULL DEFAULT now(),
    updated_by          text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT category_code UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES category
);
CREATE INDEX category_parent ON category (tenant_id, parent_id);
CALL isolate('category', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE part (
    tenant_id           uuid NOT NULL,
    id                  uuid NOT NULL,
    part_number         text COLLATE "C" NOT NULL CHECK (length(part_number) BETWEEN 1 AND 64),
    description         text NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
    notes               text,
    category_id         uuid,
    type                text NOT NULL DEFAULT 'STOCKED' CHECK (type IN ('STOCKED', 'CONSUMABLE', 'KIT', 'SERVICE')),
    status              text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('DRAFT', 'ACTIVE', 'PHASE_OUT', 'OBSOLETE')),
    base_unit           text NOT NULL DEFAULT 'EA',
    decimals            smallint NOT NULL DEFAULT 0 CHECK (decimals BETWEEN 0 AND 3),
    price               numeric(19,4) CHECK (price >= 0),
    currency            char(3) NOT NULL,
    standard_cost       numeric(19,4) CHECK (standard_cost >= 0),
    reorder_threshold   numeric(18,3) CHECK (reorder_threshold >= 0),
    critical_threshold  numeric(18,3) CHECK (critical_threshold >= 0),
    max_quantity        numeric(18,3) CHECK (max_quantity >= 0),
    tags                text[] NOT NULL DEFAULT '{}',
    attributes          jsonb NOT NULL DEFAULT '{}',
    version             bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    created_by          text NOT NULL,
    updated_at          timestamptz NOT NULL DEFAULT now(),
    updated_by          text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT part_number UNIQUE (tenant_id, part_number),
    CONSTRAINT part_with_number UNIQUE (tenant_id, id, part_number),
    FOREIGN KEY (tenant_id, category_id) REFERENCES category
);
CREATE INDEX part_category ON part (tenant_id, category_id);
CREATE INDEX part_obsolete ON part (tenant_id) WHERE status = 'OBSOLETE';
CALL isolate('part', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE location (
    tenant_id           uuid NOT NULL,
    id                  uuid NOT NULL,
    code                text NOT NULL CHECK (length(code) BETWEEN 1 AND 60),
    name                text NOT NULL,
    kind                text NOT NULL DEFAULT 'WAREHOUSE'
                        CHECK (kind IN ('WAREHOUSE', 'STORE', 'SERVICE_CENTER', 'VAN', 'CUSTOMER')),
    parent_id           uuid,
    region              text,
    country             text,
    climate_zone        text,
    address             text,
    lat                 numeric(9,6),
    lon                 numeric(9,6),
    time_zone           text NOT NULL,
    currency            char(3) NOT NULL,
    manager_ids         uuid[] NOT NULL DEFAULT '{}',
    active              boolean NOT NULL DEFAULT true,
    version             bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    created_by          text NOT NULL,
    updated_at          timestamptz NOT NULL DEFAULT now(),
    updated_by          text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT location_code UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES location
);
CALL isolate('location', 'SELECT, INSERT, UPDATE');

CREATE TABLE stock (
    tenant_id           uuid NOT NULL,
    location_id         uuid NOT NULL,
    part_id             uuid NOT NULL,
    part_number         text COLLATE "C" NOT NULL,
    quantity            numeric(18,3) NOT NULL DEFAULT 0 CHECK (quantity >= 0),
    held                numeric(18,3) NOT NULL DEFAULT 0 CHECK (held >= 0),
    reserved            numeric(18,3) NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    -- A column, since under row-level security no partial index is found by a comparison of numerics.
    claimed             boolean NOT NULL GENERATED ALWAYS AS (held + reserved > 0) STORED,
    average_cost        numeric(19,4) CHECK (average_cost >= 0),
    obsolete            boolean NOT NULL DEFAULT false,
    reorder_threshold   numeric(18,3) CHECK (reorder_threshold >= 0),
    critical_threshold  numeric(18,3) CHECK (critical_threshold >= 0),
    max_quantity        numeric(18,3) CHECK (max_quantity >= 0),
    movements           bigint NOT NULL DEFAULT 0,
    last_movement_at    timestamptz,
    last_issue_at       timestamptz,
    version             bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, location_id, part_id),
    CHECK (held + reserved <= quantity),
    FOREIGN KEY (tenant_id, location_id) REFERENCES location,
    -- The number is kept here, too, so that lists in its order read an index and stop.
    FOREIGN KEY (tenant_id, part_id, part_number) REFERENCES part (tenant_id, id, part_number) ON UPDATE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX stock_part ON stock (tenant_id, part_id);
CREATE INDEX stock_by_number ON stock (tenant_id, part_number, location_id);
CREATE INDEX stock_by_location_number ON stock (tenant_id, location_id, part_number);
CREATE INDEX stock_claimed ON stock (tenant_id, part_number, location_id) WHERE claimed;
CREATE INDEX stock_obsolete ON stock (tenant_id, part_number, location_id) WHERE obsolete;
CALL isolate('stock', 'SELECT, INSERT, UPDATE');

-- Append-only: the application has no right to change or delete a row; a reversal is a row of its own.
CREATE TABLE movement (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    location_id     uuid NOT NULL,
    part_id         uuid NOT NULL,
    type            text NOT NULL,
    change          numeric(18,3) NOT NULL CHECK (change <> 0),
    balance_after   numeric(18,3) NOT NULL CHECK (balance_after >= 0),
    unit_cost       numeric(19,4),
    unit_price      numeric(19,4),
    currency        char(3),
    reason          text,
    note            text,
    reference_type  text,
    reference_id    text,
    customer        text,
    occurred_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    actor           text NOT NULL,
    position        bigint NOT NULL,
    reverses_id     uuid,
    key             text,
    metadata        jsonb,
    PRIMARY KEY (tenant_id, id, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX movement_card ON movement (tenant_id, location_id, part_id, position);
CREATE INDEX movement_reversal ON movement (tenant_id, reverses_id) WHERE reverses_id IS NOT NULL;
CALL isolate('movement', 'SELECT, INSERT');

CREATE TABLE daily_usage (
    tenant_id       uuid NOT NULL,
    part_id         uuid NOT NULL,
    location_id     uuid NOT NULL,
    day             date NOT NULL,
    source          text NOT NULL CHECK (source IN ('LEDGER', 'HISTORY')),
    issued          numeric(18,3) NOT NULL DEFAULT 0,
    issue_count     bigint NOT NULL DEFAULT 0,
    returned        numeric(18,3) NOT NULL DEFAULT 0,
    revenue         numeric(19,4) NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, location_id, day, part_id, source)
) WITH (fillfactor = 70);
CREATE INDEX daily_usage_part ON daily_usage (tenant_id, part_id, day);
CALL isolate('daily_usage', 'SELECT, INSERT, UPDATE');

CREATE TABLE stock_alert (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    kind            text NOT NULL DEFAULT 'LOW_STOCK' CHECK (kind = 'LOW_STOCK'),
    level           text NOT NULL CHECK (level IN ('LOW', 'CRITICAL')),
    status          text NOT NULL CHECK (status IN ('OPEN', 'ACKNOWLEDGED', 'RESOLVED')),
    location_id     uuid NOT NULL,
    part_id         uuid NOT NULL,
    quantity        numeric(18,3) NOT NULL,
    threshold       numeric(18,3) NOT NULL,
    raised_from_id  uuid,
    opened_at       timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamptz,
    note            text,
    resolved_at     timestamptz,
    resolution      text CHECK (resolution IN ('AUTO', 'MANUAL')),
    version         bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX stock_alert_unresolved ON stock_alert (tenant_id, location_id, part_id, kind, level)
    WHERE status <> 'RESOLVED';
CREATE INDEX stock_alert_location ON stock_alert (tenant_id, location_id, id);
CALL isolate('stock_alert', 'SELECT, INSERT, UPDATE');

CREATE TABLE import (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    resource        text NOT NULL,
    format          text NOT NULL CHECK (format IN ('CSV', 'NDJSON')),
    sha256          text NOT NULL,
    bytes           bigint NOT NULL DEFAULT 0,
    options         jsonb NOT NULL,
    rights          jsonb NOT NULL,
    dry_run         boolean NOT NULL DEFAULT false,
    state           text NOT NULL
                    CHECK (state IN ('UPLOADING', 'QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    cancel_asked    boolean NOT NULL DEFAULT false,
    lease_until     timestamptz,
    node            text,
    tries           int NOT NULL DEFAULT 0,
    checkpoint      jsonb NOT NULL DEFAULT '{}',
    counters        jsonb NOT NULL DEFAULT '{}',
    result          jsonb,
    error           text,
    requested_by    text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    ended_at        timestamptz,
    version         bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX import_open ON import (tenant_id, id) WHERE state IN ('UPLOADING', 'QUEUED', 'RUNNING');
CALL isolate('import', 'SELECT, INSERT, UPDATE, DELETE');

-- What became of each line. A failed one is kept as it was sent.
CREATE TABLE import_line (
    tenant_id   uuid NOT NULL,
    import_id   uuid NOT NULL,
    number      bigint NOT NULL,
    key         text,
    outcome     text NOT NULL CHECK (outcome IN ('APPLIED', 'DUPLICATE', 'SKIPPED', 'FAILED')),
    code        text,
    field       text,
    message     text,
    line        text,
    entity_id   uuid,
    PRIMARY KEY (tenant_id, import_id, number)
);
CREATE INDEX import_line_failed ON import_line (tenant_id, import_id, number) WHERE outcome = 'FAILED';
CALL isolate('import_line', 'SELECT, INSERT, DELETE');

-- Content of uploaded files in pieces, so that any node can go on with an import.
CREATE TABLE import_piece (
    tenant_id   uuid NOT NULL,
    import_id   uuid NOT NULL,
    number      int NOT NULL,
    content     bytea NOT NULL,
    PRIMARY KEY (tenant_id, import_id, number)
);
CALL isolate('import_piece', 'SELECT, INSERT, DELETE');

SELECT ensure_months('event', current_date);
SELECT ensure_months('movement', current_date);
