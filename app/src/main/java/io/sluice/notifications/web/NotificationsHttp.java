package io.sluice.notifications.web;

import io.sluice.notifications.Notification;
import io.sluice.notifications.Notifications;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.sluice.web.Commands;
import io.sluice.web.Lists;
import io.sluice.web.Paging;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Everybody's own notifications, newest first. */
@RestController
@RequestMapping("/api/notifications")
final class NotificationsHttp {

    private final Notifications notifications;
    private final Commands commands;
    private final Lists lists;
    private final Clock clock;

    NotificationsHttp(Notifications notifications, Commands commands, Lists lists, Clock clock) {
        this.notifications = notifications;
        this.commands = commands;
        this.lists = lists;
        this.clock = clock;
    }

    record Filter(
            @Nullable Boolean unread,
            @Nullable @Min(1) @Max(200) Integer limit,
            @Nullable @Size(max = 1000) String cursor) {}

    record Answer(
            UUID id,
            String type,
            Notification.Severity severity,
            String title,
            String message,
            Map<String, ?> data,
            String subject,
            long eventPosition,
            Instant createdAt,
            @Nullable Instant readAt) {

        static Answer of(Notification it) {
            return new Answer(
                    it.id(),
                    it.type(),
                    it.severity(),
                    it.title(),
                    it.message(),
                    it.data(),
                    it.subject(),
                    it.eventPosition(),
                    it.createdAt(),
                    it.readAt());
        }
    }

    @GetMapping
    @Operation(summary = "Own notifications, newest first")
    @Answers(value = Answer.class, list = true)
    Mono<Void> list(@ParameterObject Filter filter, Call call) {
        UUID account = call.principal().account();
        boolean unread = Boolean.TRUE.equals(filter.unread());
        return lists.answer(
                call,
                new Paging(filter.limit(), filter.cursor(), null),
                "notifications " + account + " " + unread,
                (after, limit) ->
                        notifications.list(account, unread, after == null ? null : UUID.fromString(after), limit),
                it -> it.id().toString(),
                Answer::of,
                null);
    }

    record Count(long unread) {}

    @GetMapping("/unread-count")
    @Operation(summary = "How many are unread")
    @Answers(Count.class)
    Mono<Count> unreadCount(Call call) {
        return notifications.unread(call.principal().account()).map(Count::new);
    }

    @PostMapping("/{id}/read")
    @Operation(summary = "Mark one as read")
    @Answers(status = 204)
    Mono<ResponseEntity<String>> read(@PathVariable UUID id, Call call) {
        return commands.run(
                call,
                notifications
                        .read(call.principal().account(), id, clock.instant())
                        .thenReturn(id),
                _ -> Commands.noContent());
    }

    /** Everything up to a moment; now when left out. */
    record Until(@Nullable Instant until) {}

    @PostMapping("/read-all")
    @Operation(summary = "Mark all up to a moment as read")
    @Answers(status = 204)
    Mono<ResponseEntity<String>> readAll(@RequestBody Until wish, Call call) {
        Instant now = clock.instant();
        return commands.run(
                call,
                notifications
                        .readAll(call.principal().account(), wish.until() == null ? now : wish.until(), now)
                        .thenReturn(now),
                _ -> Commands.noContent());
    }
}
