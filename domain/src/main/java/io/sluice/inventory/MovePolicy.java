package io.sluice.inventory;

import io.sluice.access.Permission;
import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.shared.Problem;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who may post what. */
public final class MovePolicy {

    /** What a correction may be worth without {@code stock:configure}, in the tenant's currency. */
    public static final BigDecimal CORRECTION_LIMIT = BigDecimal.valueOf(100);

    private static final Set<Role> GOODS_IN = EnumSet.of(Role.ADMIN, Role.MANAGER, Role.WAREHOUSE);

    private MovePolicy() {}

    /**
     * Passes, or throws: {@code forbidden} without the permission, {@code unknown-location} out of its scope. A
     * technician posts ISSUE and RETURN only.
     */
    public static void check(Principal mover, MovementType type, UUID location) {
        Permission permission = type.isCorrection() ? Permission.STOCK_ADJUST : Permission.STOCK_MOVE;
        mover.require(permission);
        if (!mover.may(permission, location)) {
            throw new Problem.Contradiction(
                    "unknown-location", "locationId", "locationId " + location + " does not exist");
        }
        if (!type.isFieldWork() && !mover.holds(GOODS_IN, location)) {
            throw new Problem.Forbidden("forbidden", "a technician posts ISSUE and RETURN only");
        }
    }

    /** The highest value of a correction that the mover may post at the location; null: any. */
    public static @Nullable BigDecimal valueLimit(Principal mover, MovementType type, UUID location) {
        return type.isCorrection() && !mover.may(Permission.STOCK_CONFIGURE, location) ? CORRECTION_LIMIT : null;
    }
}
