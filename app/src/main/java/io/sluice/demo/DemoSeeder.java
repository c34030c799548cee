package io.sluice.demo;

import io.sluice.access.Tenant;
import io.sluice.log.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Fills the demo in the background of a start: users first, then the parts of the features. */
final class DemoSeeder implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DemoSeeder.class);

    private final boolean enabled;
    private final DemoUsers users;
    private final DemoLogins file;
    private final List<DemoPart> parts;
    private final Scheduler files;
    private volatile @Nullable Disposable running;

    /** @param files where the file is read and written */
    DemoSeeder(boolean enabled, DemoUsers users, DemoLogins file, List<DemoPart> parts, Scheduler files) {
        this.enabled = enabled;
        this.users = users;
        this.file = file;
        this.parts = parts;
        this.files = files;
    }

    Mono<Void> run() {
        return users.tenant().delayUntil(this::logins).flatMap(this::seedParts);
    }

    private Mono<List<DemoLogin>> logins(Tenant demo) {
        return Mono.fromCallable(file::read)
                .subscribeOn(files)
                .flatMap(known -> users.logins(demo, known).collectList().delayUntil(now -> keep(known, now)))
                .doOnNext(DemoSeeder::print);
    }

    private Mono<Void> keep(List<DemoLogin> known, List<DemoLogin> now) {
        return known.equals(now)
                ? Mono.empty()
                : Mono.<Void>fromRunnable(() -> file.write(now)).subscribeOn(files);
    }

    /** To the console, not to the log: logs hold no passwords. */
    private static void print(List<DemoLogin> logins) {
        StringBuilder text = new StringBuilder("\nDemo logins (tenant, username, password):\n");
        for (DemoLogin login : logins) {
            text.append(String.format("  %-9s %-19s %s%n", login.tenant(), login.username(), login.password()));
        }
        System.out.println(text);
    }

    private Mono<Void> seedParts(Tenant demo) {
        return Flux.fromIterable(parts)
                .concatMap(part -> part.seed(demo.id()))
                .then()
                .contextWrite(context -> context.put(Caller.class, Caller.system(demo.id(), "demo")));
    }

    @Override
    public boolean isAutoStartup() {
        return enabled;
    }

    @Override
    public void start() {
        running = run().subscribe(
                        _ -> {}, error -> LOG.error("the demo is not complete; the next start goes on with it", error));
    }

    @Override
    public void stop() {
        Disposable now = running;
        if (now != null) {
            now.dispose();
        }
        running = null;
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
