package io.sluice.demo;

import io.sluice.postgres.DatabaseSettings;
import java.nio.file.Path;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The demo is on by default where the embedded database is used. */
@Configuration(proxyBeanMethods = false)
class DemoConfiguration {

    private static final String FILES = "demo-files";

    @Bean(name = FILES, destroyMethod = "dispose")
    Scheduler demoFiles() {
        return Schedulers.newBoundedElastic(1, 100, FILES);
    }

    @Bean
    DemoSeeder demoSeeder(
            @Value("${sluice.demo:#{null}}") @Nullable Boolean wanted,
            @Value("${sluice.home:.sluice}") Path home,
            DatabaseSettings database,
            DemoUsers users,
            ObjectProvider<DemoPart> parts,
            @Qualifier(FILES) Scheduler files) {
        boolean enabled = wanted == null ? database.url() == null : wanted;
        return new DemoSeeder(
                enabled,
                users,
                DemoLogins.in(home),
                parts.stream().sorted(Comparator.comparingInt(DemoPart::order)).toList(),
                files);
    }
}
