package io.sluice.imports.postgres;

import io.sluice.imports.Import;
import io.sluice.imports.ImportLine;
import io.sluice.imports.Mapped;
import io.sluice.shared.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lines of one transaction and what became of each so far; those without an outcome are still to be decided. */
final class Sorting {

    private final Import it;
    private final List<Mapped> lines;
    private final @Nullable ImportLine[] outcomes;
    private final Set<String> seen;
    private final Set<String> taken = new LinkedHashSet<>();

    /** @param known identities that were taken before */
    Sorting(Import it, List<Mapped> lines, Set<String> known) {
        this.it = it;
        this.lines = lines;
        this.outcomes = new ImportLine[lines.size()];
        this.seen = new HashSet<>(known);
    }

    static List<String> keysOf(Import it, List<Mapped> lines) {
        return lines.stream()
                .filter(line -> !(line instanceof Mapped.Failed))
                .map(it::keyOf)
                .toList();
    }

    /** Those of the lines that are left out by their rule. */
    static List<String> skippedKeysOf(Import it, List<Mapped> lines) {
        return lines.stream()
                .filter(line -> line instanceof Mapped.Skipped)
                .map(it::keyOf)
                .toList();
    }

    int size() {
        return lines.size();
    }

    Mapped line(int index) {
        return lines.get(index);
    }

    boolean isOpen(int index) {
        return outcomes[index] == null;
    }

    boolean isApplied(int index) {
        ImportLine outcome = outcomes[index];
        return outcome != null && outcome.outcome() == ImportLine.Outcome.APPLIED;
    }

    void set(int index, ImportLine outcome) {
        outcomes[index] = outcome;
    }

    /** Takes the line's identity; false when it is taken already. */
    boolean take(int index) {
        String key = it.keyOf(lines.get(index));
        boolean fresh = seen.add(key);
        if (fresh) {
            taken.add(key);
        }
        return fresh;
    }

    /** Sets the outcome of what needs no decision: faults, repetitions, and what is left out by its rule. */
    void settle(boolean alsoRepeated) {
        for (int i = 0; i < outcomes.length; i++) {
            Mapped mapped = lines.get(i);
            if (mapped instanceof Mapped.Failed(var line, var key, var problem)) {
                outcomes[i] = ImportLine.failed(line, key, problem);
            } else if (mapped instanceof Mapped.Skipped skipped) {
                outcomes[i] = take(i)
                        ? ImportLine.skipped(skipped.line(), it.keyOf(mapped), skipped.code())
                        : ImportLine.duplicate(skipped.line(), it.keyOf(mapped));
            } else if (alsoRepeated && !take(i)) {
                outcomes[i] = ImportLine.duplicate(mapped.line(), it.keyOf(mapped));
            }
        }
    }

    /** A refused line keeps no identity, so that it can be mended and sent again. */
    void refuse(int index, Problem problem) {
        Mapped mapped = lines.get(index);
        String key = it.keyOf(mapped);
        taken.remove(key);
        seen.remove(key);
        outcomes[index] = ImportLine.failed(mapped.line(), mapped.key(), problem);
    }

    /** Identities that this transaction takes and nobody else writes. */
    Set<String> taken() {
        return taken;
    }

    List<ImportLine> outcomes() {
        List<ImportLine> all = new ArrayList<>(outcomes.length);
        Arrays.stream(outcomes).forEach(outcome -> all.add(Objects.requireNonNull(outcome)));
        return all;
    }
}
