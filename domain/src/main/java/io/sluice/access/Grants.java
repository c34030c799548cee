package io.sluice.access;

import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Grants as plain values, and the rules that a whole set of them obeys. */
public final class Grants {

    public static final int MOST = 100;

    private Grants() {}

    /** The fields of a grant: a scope of all is {@code "*"}, any other a list; absent times are left out. */
    public static Map<String, Object> toFields(Grant grant) {
        var fields = new TreeMap<String, Object>();
        fields.put("role", grant.role().word());
        fields.put("locations", toField(grant.locations()));
        fields.put("vendors", toField(grant.vendors()));
        fields.put("organizations", toField(grant.organizations()));
        fields.put("departments", toField(grant.departments()));
        put(fields, "validFrom", grant.validFrom());
        put(fields, "validUntil", grant.validUntil());
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Instant at) {
        if (at != null) {
            fields.put(name, at);
        }
    }

    private static <T> Object toField(Scope<T> scope) {
        return switch (scope) {
            case Scope.All<T> _ -> "*";
            case Scope.Only<T>(var ids) ->
                ids.stream().map(Object::toString).sorted().toList();
        };
    }

    /**
     * Passes when the set makes sense in the tenant; else every fault by its place. Operators live in the tenant
     * {@code platform}, and only they.
     */
    public static List<Grant> requireSound(List<Grant> grants, boolean platform) {
        List<FieldError> errors = new ArrayList<>();
        if (grants.size() > MOST) {
            errors.add(new FieldError("grants", "out-of-range", "has at most " + MOST + " grants"));
        }
        Set<Grant> seen = new HashSet<>();
        for (int i = 0; i < grants.size(); i++) {
            Grant grant = grants.get(i);
            String path = "grants[" + i + "]";
            if (!seen.add(grant)) {
                errors.add(new FieldError(path, "repeated", "is there twice"));
            }
            if (grant.role() == Role.OPERATOR != platform) {
                String where = platform ? "the tenant platform takes operators only" : "operators live in platform";
                errors.add(new FieldError(path + ".role", "role-not-allowed", where));
            }
            if (grant.validFrom() != null
                    && grant.validUntil() != null
                    && !grant.validFrom().isBefore(grant.validUntil())) {
                errors.add(new FieldError(path + ".validUntil", "out-of-range", "must be after validFrom"));
            }
        }
        if (!errors.isEmpty()) {
            throw new Problem.Invalid(errors);
        }
        return grants;
    }
}
