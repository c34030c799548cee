package io.sluice.start;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.StringUtils;

/**
 * Without any of these settings the server brings its own PostgreSQL and Redis and makes its secrets. Once one of them
 * names a server, the others have to be named too: half a configuration would quietly keep data in two places.
 */
final class StartCheck implements EnvironmentPostProcessor {

    private static final String DATABASE = "sluice.database.url";
    private static final String REDIS = "sluice.redis.url";
    private static final String KEY = "sluice.master.key";
    private static final int KEY_BYTES = 32;

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        check(environment.getProperty(DATABASE), environment.getProperty(REDIS), environment.getProperty(KEY));
    }

    static void check(@Nullable String database, @Nullable String redis, @Nullable String key) {
        checkPresence(database, redis, key);
        if (StringUtils.hasText(database) && !isUrl(database, Set.of("postgresql", "postgres"), true)) {
            throw new SettingMissing(
                    "SLUICE_DATABASE_URL is malformed: postgresql://user:password@host:port/database is expected");
        }
        if (StringUtils.hasText(redis) && !isUrl(redis, Set.of("redis", "rediss"), false)) {
            throw new SettingMissing("SLUICE_REDIS_URL is malformed: redis://user:password@host:port is expected");
        }
        if (StringUtils.hasText(key) && !isKey(key)) {
            throw new SettingMissing("SLUICE_MASTER_KEY is malformed: 32 bytes in base64 are expected");
        }
    }

    private static void checkPresence(@Nullable String database, @Nullable String redis, @Nullable String key) {
        boolean named = StringUtils.hasText(database) || StringUtils.hasText(redis);
        if (named && !StringUtils.hasText(database)) {
            throw new SettingMissing("SLUICE_DATABASE_URL is missing: SLUICE_REDIS_URL is set, so nothing is embedded");
        }
        if (named && !StringUtils.hasText(redis)) {
            throw new SettingMissing("SLUICE_REDIS_URL is missing: SLUICE_DATABASE_URL is set, so nothing is embedded");
        }
        if (named && !StringUtils.hasText(key)) {
            throw new SettingMissing("SLUICE_MASTER_KEY is missing: 32 bytes in base64, the same on every node");
        }
    }

    /** Asked here, since the text of a parser's error would carry the password. */
    private static boolean isUrl(String text, Set<String> schemes, boolean isDatabase) {
        try {
            var url = new URI(text);
            return url.getScheme() != null
                    && schemes.contains(url.getScheme())
                    && url.getHost() != null
                    && (!isDatabase
                            || (url.getRawUserInfo() != null && url.getPath().length() > 1));
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text.strip()).length == KEY_BYTES;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
