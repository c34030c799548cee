package io.sluice.access.postgres;

import io.sluice.access.Grant;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.log.CanonicalJson;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Grants travel as one JSON array, so that an account is one row and a set of grants one statement. */
final class GrantRows {

    /** Reads the grants of {@code a}, an account or anything with its id. */
    static final String OF_ACCOUNT = """
            coalesce((SELECT jsonb_agg(to_jsonb(r) ORDER BY r.created_at, r.id) FROM role_grant r
                      WHERE r.tenant_id = a.tenant_id AND r.account_id = a.id), '[]')::text AS grants
            """;

    static final String INSERT = """
            INSERT INTO role_grant (tenant_id, id, account_id, role, locations, vendors, organizations, departments,
                                    valid_from, valid_until, granted_by)
            SELECT $1, g.id, $2, g.role, g.locations, g.vendors, g.organizations, g.departments,
                   g.valid_from, g.valid_until, $4::uuid
            FROM jsonb_to_recordset($3::jsonb) AS g (id uuid, role text, locations uuid[], vendors uuid[],
                 organizations uuid[], departments text[], valid_from timestamptz, valid_until timestamptz)
            """;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private GrantRows() {}

    /** A role that this server does not know gives nothing. */
    static List<Grant> parse(String json) {
        List<Grant> grants = new ArrayList<>();
        for (JsonNode row : MAPPER.readTree(json)) {
            Role.of(row.get("role").stringValue()).ifPresent(role -> grants.add(toGrant(role, row)));
        }
        return grants;
    }

    private static Grant toGrant(Role role, JsonNode row) {
        return new Grant(
                role,
                scope(row.get("locations"), UUID::fromString),
                scope(row.get("vendors"), UUID::fromString),
                scope(row.get("organizations"), UUID::fromString),
                scope(row.get("departments"), Function.identity()),
                instant(row.get("valid_from")),
                instant(row.get("valid_until")));
    }

    private static <T> Scope<T> scope(@Nullable JsonNode ids, Function<String, T> toId) {
        if (ids == null || ids.isNull()) {
            return Scope.all();
        }
        Set<T> listed = new HashSet<>();
        ids.forEach(id -> listed.add(toId.apply(id.stringValue())));
        return Scope.only(listed);
    }

    private static @Nullable Instant instant(@Nullable JsonNode at) {
        return at == null || at.isNull()
                ? null
                : OffsetDateTime.parse(at.stringValue()).toInstant();
    }

    static String write(List<Grant> grants, Function<Grant, UUID> toId) {
        return CanonicalJson.write(
                grants.stream().map(grant -> toFields(toId.apply(grant), grant)).toList());
    }

    private static Map<String, @Nullable Object> toFields(UUID id, Grant grant) {
        var fields = new TreeMap<String, @Nullable Object>();
        fields.put("id", id);
        fields.put("role", grant.role().word());
        fields.put("locations", ids(grant.locations()));
        fields.put("vendors", ids(grant.vendors()));
        fields.put("organizations", ids(grant.organizations()));
        fields.put("departments", ids(grant.departments()));
        fields.put("valid_from", grant.validFrom());
        fields.put("valid_until", grant.validUntil());
        return fields;
    }

    private static <T> @Nullable Set<T> ids(Scope<T> scope) {
        return switch (scope) {
            case Scope.All<T> _ -> null;
            case Scope.Only<T>(var listed) -> listed;
        };
    }
}
