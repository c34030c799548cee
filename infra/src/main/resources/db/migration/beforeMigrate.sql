-- Runs before each migration: says what is wrong instead of breaking off in the midst of a statement.
DO $$
BEGIN
    IF current_setting('server_version_num')::int < 180000 THEN
        RAISE EXCEPTION 'PostgreSQL 18 or later is needed, this is %', current_setting('server_version');
    END IF;
END
$$;
