package io.sluice.imports.postgres;

import io.sluice.imports.Import;
import io.sluice.imports.ImportOptions;
import io.sluice.imports.Mapped;
import io.sluice.imports.RetailMapping;
import io.sluice.imports.RetailSurvey;
import io.sluice.inventory.Part;
import io.sluice.postgres.Database;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Reads a retail file once before its lines are posted, and makes what they will need. */
final class RetailFile {

    private static final int LINES = 1000;

    private final Database database;
    private final Names names;
    private final Run run;
    private final Clock clock;
    private final RetailSurvey survey;
    private long shift;

    RetailFile(Database database, Names names, Run run, Clock clock) {
        this.database = database;
        this.names = names;
        this.run = run;
        this.clock = clock;
        this.survey = new RetailSurvey(new RetailMapping(run.it().options()));
    }

    /** By how many days the dates move. */
    long shift() {
        return shift;
    }

    /** Openings are needed for new lines only; where no line was ever imported, nobody has to look. */
    Mono<List<RetailSurvey.Needed>> prepare() {
        Import it = run.it();
        boolean opens = it.options().mode() == ImportOptions.Mode.LEDGER
                && it.options().opening() == ImportOptions.Opening.AUTO
                && !run.checkpoint().opened();
        Mono<Boolean> repeated = opens
                ? database.read(session -> Keys.anyTaken(session, it.keyScope()))
                        .next()
                : Mono.just(false);
        return repeated.flatMap(this::survey)
                .then(Mono.defer(() -> names.places(survey.places())))
                .then(Mono.defer(this::parts))
                .then(Mono.fromSupplier(this::known))
                .map(_ -> opens ? survey.needed() : List.of());
    }

    private Mono<Void> survey(boolean repeated) {
        return run.lines()
                .buffer(LINES)
                .concatMap(lines -> repeated ? looked(lines) : added(lines, Set.of()), 1)
                .then();
    }

    private Mono<Void> looked(List<Mapped> lines) {
        Import it = run.it();
        return database.read(session -> Keys.taken(session, Sorting.keysOf(it, lines), it.keyScope()))
                .next()
                .flatMap(taken -> added(lines, taken));
    }

    private Mono<Void> added(List<Mapped> lines, Set<String> taken) {
        for (Mapped line : lines) {
            survey.add(line, !taken.isEmpty() && taken.contains(run.it().keyOf(line)));
        }
        return Mono.empty();
    }

    private Mono<Void> parts() {
        Map<String, Names.Wish> wishes = new LinkedHashMap<>();
        for (RetailSurvey.Item item : survey.items()) {
            Part.Type type = item.isService() ? Part.Type.SERVICE : Part.Type.STOCKED;
            wishes.put(item.code(), new Names.Wish(item.code(), item.description(), item.price(), type, true));
        }
        return names.parts(wishes.keySet(), code -> Objects.requireNonNull(wishes.get(code)));
    }

    /** The day on which the import began is today for as long as it takes. */
    private Map<String, Object> known() {
        Instant began = Objects.requireNonNullElse(run.it().startedAt(), clock.instant());
        ZoneId zone = Objects.requireNonNullElse(run.it().options().zone(), ZoneOffset.UTC);
        shift = survey.shift(run.it().options().shiftDates(), LocalDate.ofInstant(began, zone));
        Map<String, Object> figures = survey.figures(shift);
        run.figures(figures);
        return figures;
    }
}
