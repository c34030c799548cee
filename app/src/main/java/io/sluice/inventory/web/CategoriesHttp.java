package io.sluice.inventory.web;

import static io.sluice.access.Permission.PARTS_READ;
import static io.sluice.access.Permission.PARTS_WRITE;

import io.sluice.inventory.Categories;
import io.sluice.inventory.Category;
import io.sluice.inventory.CategoryTree;
import io.sluice.inventory.Thresholds;
import io.sluice.shared.Quantity;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.sluice.web.Change;
import io.sluice.web.Commands;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The category tree. */
@RestController
@Tag(name = "categories")
@RequestMapping("/api/categories")
final class CategoriesHttp {

    private final Commands commands;
    private final CategoryTree tree;
    private final Categories categories;
    private final Clock clock;

    CategoriesHttp(Commands commands, CategoryTree tree, Categories categories, Clock clock) {
        this.commands = commands;
        this.tree = tree;
        this.categories = categories;
        this.clock = clock;
    }

    /** Defaults for the thresholds of the parts in it. */
    record Wish(
            @Size(min = 1, max = 60) @Pattern(regexp = "[A-Za-z0-9][A-Za-z0-9_.-]*")
            String code,

            @Size(min = 1, max = 200) String name,
            @Nullable @Size(max = 2000) String description,
            @Nullable UUID parentId,
            @Nullable @DecimalMin("0") Quantity reorderThreshold,
            @Nullable @DecimalMin("0") Quantity criticalThreshold,
            @Nullable @DecimalMin("0") Quantity maxQuantity) {}

    record Correction(
            @Size(min = 1, max = 200) Change<String> name,
            @Size(max = 2000) Change<String> description,
            Change<UUID> parentId,
            @DecimalMin("0") Change<Quantity> reorderThreshold,
            @DecimalMin("0") Change<Quantity> criticalThreshold,
            @DecimalMin("0") Change<Quantity> maxQuantity,
            Change<Boolean> active) {}

    record Answer(
            UUID id,
            String code,
            String name,
            @Nullable String description,
            @Nullable UUID parentId,
            List<UUID> path,
            int depth,
            @Nullable Quantity reorderThreshold,
            @Nullable Quantity criticalThreshold,
            @Nullable Quantity maxQuantity,
            boolean active,
            long version,
            Instant createdAt,
            String createdBy,
            Instant updatedAt,
            String updatedBy) {

        static Answer of(Category it) {
            return new Answer(
                    it.id(),
                    it.code(),
                    it.name(),
                    it.description(),
                    it.parentId(),
                    it.path(),
                    it.depth(),
                    it.thresholds().reorder(),
                    it.thresholds().critical(),
                    it.thresholds().maximum(),
                    it.active(),
                    it.version(),
                    it.createdAt(),
                    it.createdBy(),
                    it.updatedAt(),
                    it.updatedBy());
        }
    }

    /** A category in the tree, with its parts alone and all below it. */
    record Node(Answer category, long parts, long partsBelow) {}

    record Tree(List<Node> items) {}

    @PostMapping
    @Operation(summary = "Make a category")
    @Answers(
            value = Answer.class,
            status = 201,
            etag = true,
            problems = {"409 code-taken", "422 unknown-category", "422 category-depth", "422 threshold-order"})
    Mono<ResponseEntity<String>> create(@RequestBody Wish wish, Call call) {
        String by = call.require(PARTS_WRITE).principal().account().toString();
        var asked = new CategoryTree.Wish(
                wish.code(),
                wish.name(),
                wish.description(),
                wish.parentId(),
                new Thresholds(wish.reorderThreshold(), wish.criticalThreshold(), wish.maxQuantity()));
        return commands.run(
                call,
                tree.create(asked, by),
                made -> Commands.created(Answer.of(made), made.version(), "/api/categories/" + made.id()));
    }

    @GetMapping("/tree")
    @Operation(summary = "All categories with their parts, in the order of the tree")
    Mono<Tree> tree(Call call) {
        call.require(PARTS_READ);
        return categories
                .tree()
                .map(it -> new Node(Answer.of(it.category()), it.parts(), it.partsBelow()))
                .collectList()
                .map(Tree::new);
    }

    @GetMapping("/{id}")
    @Operation(summary = "One category")
    @Answers(etag = true)
    Mono<ResponseEntity<Answer>> get(@PathVariable UUID id, Call call) {
        call.require(PARTS_READ);
        return categories
                .require(id)
                .map(it -> ResponseEntity.ok().eTag(Commands.etag(it.version())).body(Answer.of(it)));
    }

    @PatchMapping("/{id}")
    @Operation(summary = "Change or move a category")
    @Answers(
            value = Answer.class,
            etag = true,
            ifMatch = true,
            problems = {"409 category-cycle", "422 unknown-category", "422 category-depth", "422 threshold-order"})
    Mono<ResponseEntity<String>> change(@PathVariable UUID id, @RequestBody Correction correction, Call call) {
        String by = call.require(PARTS_WRITE).principal().account().toString();
        return commands.run(
                call,
                tree.change(id, call.requiredVersion(), before -> corrected(before, correction, by)),
                after -> Commands.ok(Answer.of(after), after.version()));
    }

    private Category corrected(Category it, Correction wish, String by) {
        return new Category(
                it.id(),
                it.code(),
                Objects.requireNonNullElse(wish.name().over(it.name()), it.name()),
                wish.description().over(it.description()),
                wish.parentId().over(it.parentId()),
                it.path(),
                new Thresholds(
                        wish.reorderThreshold().over(it.thresholds().reorder()),
                        wish.criticalThreshold().over(it.thresholds().critical()),
                        wish.maxQuantity().over(it.thresholds().maximum())),
                Objects.requireNonNullElse(wish.active().over(it.active()), it.active()),
                it.version() + 1,
                it.createdAt(),
                it.createdBy(),
                clock.instant(),
                by);
    }

    @DeleteMapping("/{id}")
    @Operation(summary = "Remove an empty category")
    @Answers(
            status = 204,
            ifMatch = true,
            problems = {"409 category-in-use"})
    Mono<ResponseEntity<String>> remove(@PathVariable UUID id, Call call) {
        call.require(PARTS_WRITE);
        return commands.run(call, tree.remove(id, call.requiredVersion()), _ -> Commands.noContent());
    }
}
