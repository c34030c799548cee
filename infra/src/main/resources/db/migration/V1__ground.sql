-- Ground: the application's role, tenant isolation, identity, the log, keys of commands.
-- The role owns nothing; every tenant table has row-level security enabled and forced.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_app') THEN
        CREATE ROLE sluice_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'sluice_app', 'SET') THEN
        EXECUTE format('GRANT sluice_app TO %I WITH SET TRUE', current_user);
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO sluice_app;

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.tenant', true), '')::uuid $$;

-- Isolates a table by its tenant_id and grants the application the named rights on it.
CREATE PROCEDURE isolate(target regclass, rights text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY tenant_isolation ON %s USING (tenant_id = (SELECT current_tenant())) '
                   'WITH CHECK (tenant_id = (SELECT current_tenant()))', target);
    EXECUTE format('GRANT %s ON %s TO sluice_app', rights, target);
END
$$;

CREATE TABLE tenant (
    tenant_id   uuid PRIMARY KEY,
    slug        text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]{3,40}$'),
    name        text NOT NULL,
    status      text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'SUSPENDED', 'CLOSED')),
    locale      text NOT NULL DEFAULT 'en',
    time_zone   text NOT NULL DEFAULT 'UTC',
    currency    char(3) NOT NULL DEFAULT 'EUR',
    settings    jsonb NOT NULL DEFAULT '{}',
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CALL isolate('tenant', 'SELECT, INSERT, UPDATE');
-- A login names its tenant before it is one of its principals; a node's own rounds (tidying) see which tenants there are.
CREATE POLICY tenant_by_slug ON tenant FOR SELECT USING (slug = nullif(current_setting('app.tenant_slug', true), ''));
CREATE POLICY tenant_by_system ON tenant FOR SELECT USING (current_setting('app.system', true) = 'on');

CREATE TABLE account (
    tenant_id       uuid NOT NULL REFERENCES tenant,
    id              uuid NOT NULL,
    username        text NOT NULL,
    email           text NOT NULL,
    display_name    text NOT NULL,
    status          text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('INVITED', 'ACTIVE', 'DISABLED', 'LOCKED', 'ERASED')),
    password_hash   text,
    locale          text,
    time_zone       text,
    last_login_at   timestamptz,
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX account_username ON account (tenant_id, lower(username));
CREATE UNIQUE INDEX account_email ON account (tenant_id, lower(email));
CALL isolate('account', 'SELECT, INSERT, UPDATE');

-- NULL in a scope column means all of that kind.
CREATE TABLE role_grant (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    account_id      uuid NOT NULL,
    role            text NOT NULL,
    locations       uuid[],
    vendors         uuid[],
    organizations   uuid[],
    departments     text[],
    valid_from      timestamptz,
    valid_until     timestamptz,
    granted_by      uuid,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES account
);
CREATE INDEX role_grant_account ON role_grant (tenant_id, account_id);
CALL isolate('role_grant', 'SELECT, INSERT, DELETE');

CREATE TABLE session (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    account_id      uuid NOT NULL,
    kind            text NOT NULL DEFAULT 'PASSWORD' CHECK (kind IN ('PASSWORD', 'OIDC')),
    generation      int NOT NULL DEFAULT 1,
    last_seen_at    timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    end_reason      text,
    address         text,
    user_agent      text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES account
);
CREATE INDEX session_account ON session (tenant_id, account_id) WHERE ended_at IS NULL;
CALL isolate('session', 'SELECT, INSERT, UPDATE, DELETE');

-- Failures by the name that was tried, whether it exists or not.
CREATE TABLE login_guard (
    tenant_id       uuid NOT NULL,
    username        text NOT NULL,
    failures        timestamptz[] NOT NULL DEFAULT '{}',
    locked_until    timestamptz,
    last_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, username)
);
CREATE INDEX login_guard_last ON login_guard (tenant_id, last_at);
CALL isolate('login_guard', 'SELECT, INSERT, UPDATE, DELETE');

-- Not of a tenant: the server's keys, the private part sealed with the master key (AES-256-GCM).
CREATE TABLE signing_key (
    kid         text PRIMARY KEY,
    public_jwk  jsonb NOT NULL,
    sealed      bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, DELETE ON signing_key TO sluice_app;

CREATE TABLE tenant_log (
    tenant_id   uuid PRIMARY KEY REFERENCES tenant,
    head        bigint NOT NULL DEFAULT 0 CHECK (head >= 0),
    head_hash   bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(head_hash) = 32),
    head_at     timestamptz NOT NULL DEFAULT 'epoch',
    oldest      bigint NOT NULL DEFAULT 1
) WITH (fillfactor = 50);
CALL isolate('tenant_log', 'SELECT, INSERT, UPDATE');
-- A node follows the heads of many tenants with one statement.
CREATE POLICY tenant_log_followed ON tenant_log FOR SELECT
    USING (tenant_id = ANY (string_to_array(nullif(current_setting('app.followed', true), ''), ',')::uuid[]));

-- Built in: the tenant of those who run the server.
SELECT set_config('app.tenant', '00000000-0000-7000-8000-000000000001', true);
INSERT INTO tenant (tenant_id, slug, name) VALUES (current_tenant(), 'platform', 'Platform');
INSERT INTO tenant_log (tenant_id) VALUES (current_tenant());
SELECT set_config('app.tenant', '', true);

CREATE TABLE event (
    tenant_id   uuid NOT NULL,
    position    bigint NOT NULL CHECK (position > 0),
    id          uuid NOT NULL,
    type        text NOT NULL,
    version     smallint NOT NULL,
    topics      text[] NOT NULL,
    subject     text NOT NULL,
    actor       jsonb NOT NULL,
    cause       jsonb NOT NULL,
    at          timestamptz NOT NULL,
    payload     jsonb NOT NULL,
    prev_hash   bytea NOT NULL,
    hash        bytea NOT NULL,
    PRIMARY KEY (tenant_id, position, at)
) PARTITION BY RANGE (at);
CREATE INDEX event_subject ON event (tenant_id, subject, position);
CALL isolate('event', 'SELECT, INSERT');

-- Signed daily with a key that is not here.
CREATE TABLE anchor (
    tenant_id   uuid NOT NULL REFERENCES tenant,
    position    bigint NOT NULL CHECK (position > 0),
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    at          timestamptz NOT NULL,
    signature   bytea NOT NULL,
    PRIMARY KEY (tenant_id, position)
);
CALL isolate('anchor', 'SELECT, INSERT');

-- The first answer of every keyed command: requests (7 days), lines (30 days), import identities (for ever).
CREATE TABLE command_key (
    tenant_id   uuid NOT NULL,
    scope       text NOT NULL,
    key         text NOT NULL,
    digest      text NOT NULL,
    status      smallint NOT NULL,
    answer      text NOT NULL,
    etag        text,
    location    text,
    position    bigint NOT NULL,
    expires_at  timestamptz,
    PRIMARY KEY (tenant_id, scope, key)
);
CREATE INDEX command_key_expiry ON command_key (tenant_id, expires_at) WHERE expires_at IS NOT NULL;
CALL isolate('command_key', 'SELECT, INSERT, DELETE');

-- Months of a partitioned table from the one named to three after it; isolated like their parent.
CREATE FUNCTION ensure_months(parent regclass, first date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public AS $$
DECLARE
    start date := date_trunc('month', first);
    part text;
BEGIN
    FOR i IN 0..3 LOOP
        part := format('%s_%s', parent, to_char(start, 'YYYYMM'));
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                           part, parent, start, (start + interval '1 month')::date);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
            EXECUTE format('CREATE POLICY tenant_isolation ON %I USING (tenant_id = (SELECT current_tenant()))', part);
        END IF;
        start := (start + interval '1 month')::date;
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION ensure_months(regclass, date) FROM public;
GRANT EXECUTE ON FUNCTION ensure_months(regclass, date) TO sluice_app;
