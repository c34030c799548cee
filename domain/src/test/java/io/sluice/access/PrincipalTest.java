package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import io.sluice.shared.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrincipalTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final UUID BERLIN = Ids.next();
    private static final UUID PARIS = Ids.next();

    @Test
    void holdsTheUnionOfItsGrants() {
        Principal principal = principal(
                Grant.at(Role.WAREHOUSE, Scope.only(Set.of(BERLIN))),
                Grant.at(Role.TECHNICIAN, Scope.only(Set.of(PARIS))));

        assertThat(principal.may(Permission.STOCK_MOVE, BERLIN)).isTrue();
        assertThat(principal.may(Permission.STOCK_MOVE, PARIS)).isTrue();
        assertThat(principal.may(Permission.STOCK_ADJUST, BERLIN)).isTrue();
        assertThat(principal.may(Permission.STOCK_ADJUST, PARIS)).isFalse();
        assertThat(principal.locationsFor(Permission.STOCK_READ)).isEqualTo(Scope.only(Set.of(BERLIN, PARIS)));
    }

    @Test
    void mayEverywhereWhenOneGrantSaysSo() {
        Principal principal = principal(Grant.at(Role.WAREHOUSE, Scope.only(Set.of(BERLIN))), Grant.of(Role.WAREHOUSE));

        assertThat(principal.locationsFor(Permission.STOCK_READ).isAll()).isTrue();
    }

    @Test
    void isForbiddenWithoutThePermissionAndSeesNothingOutOfScope() {
        Principal principal = principal(Grant.at(Role.TECHNICIAN, Scope.only(Set.of(BERLIN))));

        assertThatThrownBy(() -> principal.require(Permission.STOCK_CONFIGURE, BERLIN))
                .isInstanceOf(Problem.Forbidden.class);
        assertThatThrownBy(() -> principal.require(Permission.STOCK_READ, PARIS))
                .isInstanceOf(Problem.NotFound.class);
        assertThat(principal.may(Permission.STOCK_READ, BERLIN)).isTrue();
    }

    @Test
    void hasNoRightOfAGrantBeforeItBeginsAndAfterItEnds() {
        assertThat(principal(limited(NOON.plusSeconds(1), null)).may(Permission.STOCK_READ))
                .isFalse();
        assertThat(principal(limited(NOON, null)).may(Permission.STOCK_READ)).isTrue();
        assertThat(principal(limited(null, NOON)).may(Permission.STOCK_READ)).isFalse();
        assertThat(principal(limited(null, NOON.plusSeconds(1))).may(Permission.STOCK_READ))
                .isTrue();
    }

    @Test
    void hasNoRightWithoutAGrantNorInAnEmptyScope() {
        assertThat(principal().permissions()).isEmpty();
        assertThat(principal(Grant.at(Role.ADMIN, Scope.none())).may(Permission.STOCK_READ, BERLIN))
                .isFalse();
    }

    @Test
    void knowsTheRolesForAPlace() {
        Principal principal = principal(
                Grant.at(Role.WAREHOUSE, Scope.only(Set.of(BERLIN))),
                Grant.at(Role.TECHNICIAN, Scope.only(Set.of(PARIS))));

        assertThat(principal.holds(Set.of(Role.WAREHOUSE), BERLIN)).isTrue();
        assertThat(principal.holds(Set.of(Role.WAREHOUSE), PARIS)).isFalse();
    }

    @Test
    void seesCostsWithOffersOrInvoices() {
        assertThat(principal(Grant.of(Role.MANAGER)).seesCosts()).isTrue();
        assertThat(principal(Grant.of(Role.EXECUTIVE)).seesCosts()).isTrue();
        assertThat(principal(Grant.of(Role.WAREHOUSE)).seesCosts()).isFalse();
    }

    private static Grant limited(@Nullable Instant from, @Nullable Instant until) {
        return new Grant(Role.VIEWER, Scope.all(), Scope.all(), Scope.all(), Scope.all(), from, until);
    }

    private static Principal principal(Grant... grants) {
        return new Principal(
                new TenantId(Ids.next()), Ids.next(), Ids.next(), "anna", List.of(grants), NOON, NOON.plusSeconds(900));
    }
}
