package io.sluice.imports;

import io.sluice.access.Scope;
import io.sluice.shared.Ids;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Files of a test, read as an import reads them. */
final class TestFiles {

    static final ImportOptions OPTIONS = new ImportOptions(
            false,
            ImportOptions.Mode.LEDGER,
            ImportOptions.Opening.AUTO,
            null,
            false,
            ImportOptions.ShiftDates.NONE,
            0,
            true,
            false,
            null,
            "UTF-8",
            '.',
            null,
            null,
            null,
            Map.of());
    static final ImportRights RIGHTS = new ImportRights(Scope.all(), Scope.all(), Scope.all(), Scope.all());

    private TestFiles() {}

    static Import of(ImportResource resource, ImportOptions options) {
        return Import.uploading(Ids.next(), resource, ImportFormat.CSV, options, RIGHTS, "somebody", Instant.EPOCH);
    }

    static List<Mapped> map(ImportResource resource, String text) {
        return map(resource, OPTIONS, text);
    }

    static List<Mapped> map(ImportResource resource, ImportOptions options, String text) {
        var file = new MappedFile(of(resource, options), _ -> Map.of());
        List<Mapped> mapped = new ArrayList<>(file.read(text.getBytes(StandardCharsets.UTF_8)));
        mapped.addAll(file.end());
        return mapped;
    }

    /** All lines of the text, given to the reader in portions of the size. */
    static List<SourceLine> read(String text, int portion, String... columns) {
        var reader = new LineReader(Columns.of(columns), ImportFormat.CSV, OPTIONS, _ -> Map.of());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<SourceLine> lines = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += portion) {
            lines.addAll(reader.read(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + portion))));
        }
        lines.addAll(reader.end());
        return lines;
    }

    static List<String> values(SourceLine line) {
        return Arrays.asList(line.values());
    }
}
