package io.sluice.imports;

import io.sluice.access.Permission;
import io.sluice.access.Principal;
import io.sluice.access.Role;
import io.sluice.access.Scope;
import io.sluice.inventory.MovementType;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the requester may do what, as it was when the file was sent: the lines are decided later, without him.
 *
 * @param goodsIn where he may post more than ISSUE and RETURN
 */
public record ImportRights(Scope<UUID> move, Scope<UUID> adjust, Scope<UUID> configure, Scope<UUID> goodsIn) {

    public static ImportRights of(Principal requester) {
        Scope<UUID> goodsIn = requester.grants().stream()
                .filter(grant ->
                        grant.role() == Role.ADMIN || grant.role() == Role.MANAGER || grant.role() == Role.WAREHOUSE)
                .map(grant -> grant.locations())
                .reduce(Scope.none(), Scope::or);
        return new ImportRights(
                requester.locationsFor(Permission.STOCK_MOVE),
                requester.locationsFor(Permission.STOCK_ADJUST),
                requester.locationsFor(Permission.STOCK_CONFIGURE),
                goodsIn);
    }

    /** As {@link io.sluice.inventory.MovePolicy#check} decides; out of scope is unknown. */
    public boolean mayPost(MovementType type, UUID location) {
        Scope<UUID> scope = type.isCorrection() ? adjust : move;
        return scope.covers(location) && (type.isFieldWork() || goodsIn.covers(location));
    }

    /** The highest value of a correction; null: any. */
    public @Nullable BigDecimal valueLimit(MovementType type, UUID location) {
        return type.isCorrection() && !configure.covers(location)
                ? io.sluice.inventory.MovePolicy.CORRECTION_LIMIT
                : null;
    }
}
