package io.sluice.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.access.Role;
import io.sluice.shared.TenantId;
import io.sluice.testing.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class DemoSeederIT {

    @TempDir
    Path home;

    private final List<TenantId> seeded = new ArrayList<>();

    private void seed() {
        DemoPart part = new DemoPart() {
            @Override
            public int order() {
                return 1;
            }

            @Override
            public Mono<Void> seed(TenantId demo) {
                return Mono.fromRunnable(() -> seeded.add(demo));
            }
        };
        new DemoSeeder(
                        true,
                        Server.shared().bean(DemoUsers.class),
                        DemoLogins.in(home),
                        List.of(part),
                        Schedulers.boundedElastic())
                .run()
                .block();
    }

    @Test
    void makesAUserForEachRoleOnceAndKeepsTheirLogins() throws IOException {
        seed();
        List<DemoLogin> first = DemoLogins.in(home).read();
        seed();

        assertThat(DemoLogins.in(home).read()).isEqualTo(first);
        assertThat(first)
                .extracting(DemoLogin::role)
                .containsExactlyInAnyOrderElementsOf(
                        List.of(Role.values()).stream().map(Role::word).toList());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("demo-logins.json"))))
                .isEqualTo("rw-------");
        assertThat(first).allSatisfy(DemoSeederIT::assertSignsIn);
        assertThat(seeded).hasSize(2).doesNotContainNull();
    }

    @Test
    void makesNewPasswordsWhenTheFileIsLost() throws IOException {
        seed();
        List<DemoLogin> lost = DemoLogins.in(home).read();
        Files.delete(home.resolve("demo-logins.json"));

        seed();

        assertThat(DemoLogins.in(home).read()).hasSameSizeAs(lost).doesNotContainAnyElementsOf(lost);
        assertSignsIn(DemoLogins.in(home).read().getFirst());
    }

    private static void assertSignsIn(DemoLogin login) {
        Server.shared()
                .client()
                .post()
                .uri("/api/auth/login")
                .bodyValue(Map.of(
                        "tenant", login.tenant(),
                        "username", login.username(),
                        "password", login.password()))
                .exchange()
                .expectStatus()
                .isOk();
    }
}
