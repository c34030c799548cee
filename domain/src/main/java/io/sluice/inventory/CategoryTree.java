package io.sluice.inventory;

import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps the one tree of categories: no cycles, ten levels. Runs inside a unit of work. */
public final class CategoryTree {

    private final Categories categories;
    private final StockControl control;
    private final Clock clock;

    public CategoryTree(Categories categories, StockControl control, Clock clock) {
        this.categories = categories;
        this.control = control;
        this.clock = clock;
    }

    /** What a new category is to be. A code {@code A_B_C} without a parent hangs under {@code A_B}, made if missing. */
    public record Wish(
            String code,
            String name,
            @Nullable String description,
            @Nullable UUID parentId,
            Thresholds thresholds) {}

    public Mono<Category> create(Wish wish, String by) {
        wish.thresholds().checked();
        return categories.awaitTree().then(Mono.defer(() -> add(wish, by)));
    }

    private Mono<Category> add(Wish wish, String by) {
        Mono<List<UUID>> above = wish.parentId() != null
                ? categories
                        .find(wish.parentId())
                        .switchIfEmpty(Mono.error(() -> new Problem.Contradiction(
                                "unknown-category", "parentId", "category " + wish.parentId() + " does not exist")))
                        .map(Category::path)
                : pathOfCode(parentCode(wish.code()), by);
        return above.flatMap(path -> add(wish, path, by));
    }

    private Mono<Category> add(Wish wish, List<UUID> above, String by) {
        Category category = make(wish, above, by, clock.instant());
        return categories
                .add(category, CatalogueEvents.categoryChanged(category, "CREATED", Map.of()))
                .thenReturn(category);
    }

    private static Category make(Wish wish, List<UUID> above, String by, Instant now) {
        if (above.size() >= Category.DEEPEST) {
            throw tooDeep();
        }
        UUID id = Ids.next();
        List<UUID> path = new ArrayList<>(above);
        path.add(id);
        return new Category(
                id,
                wish.code(),
                wish.name(),
                wish.description(),
                above.isEmpty() ? null : above.getLast(),
                path,
                wish.thresholds(),
                true,
                1,
                now,
                by,
                now,
                by);
    }

    private static Problem tooDeep() {
        return new Problem.Contradiction("category-depth", "parentId", "the tree has at most 10 levels");
    }

    static String parentCode(String code) {
        int cut = code.lastIndexOf('_');
        return cut <= 0 ? "" : code.substring(0, cut);
    }

    /** The path of the category with the code; missing ones are made from the top down. */
    private Mono<List<UUID>> pathOfCode(String code, String by) {
        if (code.isEmpty()) {
            return Mono.just(List.of());
        }
        List<String> chain = new ArrayList<>();
        for (String step = code; !step.isEmpty(); step = parentCode(step)) {
            chain.addFirst(step);
        }
        return categories.findByCodes(chain).collectMap(Category::code).flatMap(known -> ancestor(chain, known, by));
    }

    private Mono<List<UUID>> ancestor(List<String> chain, Map<String, Category> known, String by) {
        int deepest = chain.size() - 1;
        while (deepest >= 0 && !known.containsKey(chain.get(deepest))) {
            deepest--;
        }
        Category nearest = deepest < 0 ? null : known.get(chain.get(deepest));
        List<UUID> path = nearest == null ? List.of() : nearest.path();
        List<Category> missing = new ArrayList<>();
        for (String code : chain.subList(deepest + 1, chain.size())) {
            Category made = make(new Wish(code, code, null, null, Thresholds.NONE), path, by, clock.instant());
            missing.add(made);
            path = made.path();
        }
        List<UUID> end = path;
        return Flux.fromIterable(missing)
                .concatMap(it -> categories.add(it, CatalogueEvents.categoryChanged(it, "CREATED", Map.of())))
                .then(Mono.just(end));
    }

    /** Changes a category; moving it moves all under it. */
    public Mono<Category> change(UUID id, long version, UnaryOperator<Category> change) {
        return categories
                .awaitTree()
                .thenMany(categories.subtreeForChange(id))
                .collectList()
                .flatMap(subtree -> subtree.isEmpty()
                        ? Mono.error(new Problem.NotFound("category", id))
                        : change(subtree, version, change));
    }

    private Mono<Category> change(List<Category> subtree, long version, UnaryOperator<Category> change) {
        Category before = subtree.getFirst();
        if (before.version() != version) {
            return Mono.error(new Problem.Stale(before.version()));
        }
        Category wished = change.apply(before);
        wished.thresholds().checked();
        return pathUnder(wished.parentId(), before)
                .map(path -> moved(wished, path))
                .delayUntil(after -> categories.store(
                        after,
                        CatalogueEvents.categoryChanged(after, "UPDATED", CatalogueEvents.changes(before, after))))
                .delayUntil(after -> follow(subtree, before, after))
                .delayUntil(after -> before.thresholds().equals(after.thresholds())
                        ? Mono.empty()
                        : control.evaluateCategory(after.id()));
    }

    private Mono<List<UUID>> pathUnder(@Nullable UUID parent, Category category) {
        if (parent == null) {
            return Mono.just(List.of(category.id()));
        }
        return categories
                .find(parent)
                .switchIfEmpty(Mono.error(() -> new Problem.Contradiction(
                        "unknown-category", "parentId", "category " + parent + " does not exist")))
                .map(above -> pathUnder(above, category));
    }

    private static List<UUID> pathUnder(Category above, Category category) {
        if (above.path().contains(category.id())) {
            throw new Problem.Conflict("category-cycle", "a category cannot hang under itself");
        }
        List<UUID> path = new ArrayList<>(above.path());
        path.add(category.id());
        return path;
    }

    private static Category moved(Category category, List<UUID> path) {
        return new Category(
                category.id(),
                category.code(),
                category.name(),
                category.description(),
                category.parentId(),
                path,
                category.thresholds(),
                category.active(),
                category.version(),
                category.createdAt(),
                category.createdBy(),
                category.updatedAt(),
                category.updatedBy());
    }

    private Mono<Void> follow(List<Category> subtree, Category before, Category after) {
        if (before.path().equals(after.path())) {
            return Mono.empty();
        }
        return Flux.fromIterable(subtree)
                .skip(1)
                .map(below -> moved(below, rebased(below.path(), before.path().size(), after.path())))
                .concatMap(categories::storePath)
                .then();
    }

    private static List<UUID> rebased(List<UUID> path, int cut, List<UUID> above) {
        List<UUID> rebased = new ArrayList<>(above);
        rebased.addAll(path.subList(cut, path.size()));
        if (rebased.size() > Category.DEEPEST) {
            throw tooDeep();
        }
        return rebased;
    }

    /** Removes an empty category; {@code category-in-use} otherwise. */
    public Mono<Category> remove(UUID id, long version) {
        return categories
                .require(id)
                .doOnNext(category -> requireVersion(category, version))
                .delayUntil(category -> categories
                        .remove(category, CatalogueEvents.categoryChanged(category, "DELETED", Map.of()))
                        .flatMap(CategoryTree::requireRemoved));
    }

    private static void requireVersion(Category category, long version) {
        if (category.version() != version) {
            throw new Problem.Stale(category.version());
        }
    }

    private static Mono<Void> requireRemoved(boolean removed) {
        return removed
                ? Mono.empty()
                : Mono.error(new Problem.Conflict("category-in-use", "parts or categories are in it"));
    }
}
