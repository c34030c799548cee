-- The next head of a log for a writer who knows its hash: whoever decided on another history writes nothing. The hash
-- stands for all events before it, so a writer need not hold the head's lock while it decides.
CREATE FUNCTION follow(present bytea, known bytea, onward bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF present <> known THEN
        RAISE EXCEPTION 'the log has moved on' USING ERRCODE = 'SL001';
    END IF;
    RETURN onward;
END
$$;
