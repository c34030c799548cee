-- Whether a row is at or below its threshold, which may be its own, its part's or its category's: a column, so that an
-- index finds the few among a million rows. Kept by those who change quantities and thresholds, with the head's lock.
ALTER TABLE stock ADD COLUMN low boolean NOT NULL DEFAULT false;

DO $$
DECLARE
    t uuid;
BEGIN
    PERFORM set_config('app.system', 'on', true);
    FOR t IN SELECT tenant_id FROM tenant LOOP
        PERFORM set_config('app.tenant', t::text, true);
        UPDATE stock s SET low = true
        FROM part p LEFT JOIN category c ON c.tenant_id = p.tenant_id AND c.id = p.category_id
        WHERE s.tenant_id = t AND p.tenant_id = t AND p.id = s.part_id
          AND s.quantity <= greatest(coalesce(s.reorder_threshold, p.reorder_threshold, c.reorder_threshold),
                                     coalesce(s.critical_threshold, p.critical_threshold, c.critical_threshold));
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
    PERFORM set_config('app.system', '', true);
END
$$;

CREATE INDEX stock_low ON stock (tenant_id, part_number, location_id) WHERE low;
CREATE INDEX stock_low_by_location ON stock (tenant_id, location_id, part_number) WHERE low;
