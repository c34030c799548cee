package io.sluice.imports;

import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a file is read and what is done with its lines.
 *
 * @param location where lines that name no place belong
 * @param locationByCountry a place for each country, made if missing
 * @param pace lines a second; 0: as fast as it goes
 * @param delimiter null: found in the header
 * @param zone of times without one; null: the location's
 * @param currency of prices; null: the tenant's
 * @param mapping our column by the file's
 */
public record ImportOptions(
        boolean dryRun,
        Mode mode,
        Opening opening,
        @Nullable UUID location,
        boolean locationByCountry,
        ShiftDates shiftDates,
        int pace,
        boolean createMissing,
        boolean upsert,
        @Nullable Character delimiter,
        String charset,
        char decimal,
        @Nullable String dateFormat,
        @Nullable ZoneId zone,
        @Nullable String currency,
        Map<String, String> mapping) {

    /** HISTORY fills usage only; LEDGER posts movements. */
    public enum Mode {
        HISTORY,
        LEDGER
    }

    /** AUTO posts, for each row without movements, the smallest opening that keeps it from falling below zero. */
    public enum Opening {
        NONE,
        AUTO
    }

    /** END_TODAY moves all dates so that the last one is today. */
    public enum ShiftDates {
        NONE,
        END_TODAY
    }

    /** Charsets in which delimiters, quotes and line ends are the bytes of ASCII. */
    public static final List<String> CHARSETS =
            List.of("UTF-8", "US-ASCII", "ISO-8859-1", "ISO-8859-15", "windows-1250", "windows-1251", "windows-1252");

    public ImportOptions {
        mapping = Map.copyOf(mapping);
    }
}
