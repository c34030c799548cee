package io.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ScopeTest {

    @Test
    void coversAllOrTheListedOrNone() {
        assertThat(Scope.<Integer>all().covers(1)).isTrue();
        assertThat(Scope.only(Set.of(1)).covers(1)).isTrue();
        assertThat(Scope.only(Set.of(1)).covers(2)).isFalse();
        assertThat(Scope.<Integer>none().covers(1)).isFalse();
        assertThat(Scope.<Integer>none().isEmpty()).isTrue();
    }

    @Test
    void unites() {
        assertThat(Scope.only(Set.of(1)).or(Scope.only(Set.of(2)))).isEqualTo(Scope.only(Set.of(1, 2)));
        assertThat(Scope.only(Set.of(1)).or(Scope.all()).isAll()).isTrue();
        assertThat(Scope.<Integer>all().or(Scope.none()).isAll()).isTrue();
        assertThat(Scope.<Integer>none().or(Scope.none()).isEmpty()).isTrue();
    }
}
