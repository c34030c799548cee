package io.sluice.imports.web;

import io.sluice.imports.ImportFormat;
import io.sluice.imports.ImportOptions;
import io.sluice.imports.ImportResource;
import io.sluice.shared.FieldError;
import io.sluice.shared.Problem;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * How a file is to be read and used. {@code location} is an id or a code; {@code mapping} renames columns
 * ({@code theirs=ours}); {@code delimiter} is found in the header when it is left out.
 */
record ImportWish(
        @Nullable ImportFormat format,
        @Nullable Boolean dryRun,
        ImportOptions.@Nullable Mode mode,
        ImportOptions.@Nullable Opening opening,
        @Nullable @Size(min = 1, max = 60) String location,
        @Nullable Boolean locationByCountry,
        ImportOptions.@Nullable ShiftDates shiftDates,
        @Nullable @Min(0) @Max(1_000_000) Integer pace,
        @Nullable Boolean createMissing,
        @Nullable Boolean upsert,
        @Nullable @Pattern(regexp = "[,;|\\t]|tab") String delimiter,
        @Nullable @Size(min = 1, max = 20) String charset,
        @Nullable @Pattern(regexp = "[.,]") String decimal,
        @Nullable @Size(min = 1, max = 60) String dateFormat,
        @Nullable ZoneId timeZone,
        @Nullable @Pattern(regexp = "[A-Z]{3}") String currency,
        @Nullable @Size(max = 100) List<String> mapping) {

    ImportWish {
        List<FieldError> errors = new ArrayList<>();
        if (charset != null && ImportOptions.CHARSETS.stream().noneMatch(charset::equalsIgnoreCase)) {
            errors.add(new FieldError("charset", "unknown-value", "one of " + ImportOptions.CHARSETS + " is expected"));
        }
        if (dateFormat != null && !isPattern(dateFormat)) {
            errors.add(new FieldError("dateFormat", "wrong-type", "a pattern such as dd.MM.yyyy HH:mm is expected"));
        }
        if (mapping != null && mapping.stream().anyMatch(pair -> pair.indexOf('=') < 1)) {
            errors.add(new FieldError("mapping", "wrong-type", "pairs such as theirs=ours are expected"));
        }
        if (!errors.isEmpty()) {
            throw new Problem.Invalid(errors);
        }
    }

    private static boolean isPattern(String text) {
        try {
            DateTimeFormatter.ofPattern(text, Locale.ROOT);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    boolean byCountry() {
        return Boolean.TRUE.equals(locationByCountry);
    }

    /** As the query says, else as the body is declared, else CSV. */
    ImportFormat formatOr(@Nullable MediaType declared) {
        if (format != null) {
            return format;
        }
        boolean lines = declared != null
                && (declared.getSubtype().contains("ndjson")
                        || declared.getSubtype().contains("json"));
        return lines ? ImportFormat.NDJSON : ImportFormat.CSV;
    }

    /** A retail file needs to know where it happened. */
    void check(ImportResource resource) {
        if (location != null && byCountry()) {
            throw new Problem.Contradiction(
                    "contradiction", "locationByCountry", "either one location or one for each country");
        }
        if (resource == ImportResource.RETAIL && location == null && !byCountry()) {
            throw Problem.Invalid.field("location", "required", "location or locationByCountry=true is required");
        }
    }

    ImportOptions toOptions(ImportResource resource, @Nullable UUID place) {
        boolean makes = resource != ImportResource.MOVEMENTS && resource != ImportResource.STOCK;
        return new ImportOptions(
                Boolean.TRUE.equals(dryRun),
                mode == null ? ImportOptions.Mode.HISTORY : mode,
                opening == null ? ImportOptions.Opening.NONE : opening,
                place,
                byCountry() && resource == ImportResource.RETAIL,
                shiftDates == null ? ImportOptions.ShiftDates.NONE : shiftDates,
                pace == null ? 0 : pace,
                createMissing == null ? makes : createMissing,
                Boolean.TRUE.equals(upsert),
                delimiter == null ? null : delimiter.equals("tab") ? '\t' : delimiter.charAt(0),
                charset == null ? "UTF-8" : charset,
                decimal == null ? '.' : decimal.charAt(0),
                dateFormat,
                timeZone,
                currency,
                renames());
    }

    private Map<String, String> renames() {
        Map<String, String> renames = new HashMap<>();
        for (String pair : mapping == null ? List.<String>of() : mapping) {
            int cut = pair.indexOf('=');
            renames.put(pair.substring(0, cut), pair.substring(cut + 1));
        }
        return renames;
    }
}
