package io.sluice.access;

import io.sluice.log.Topic;

/**
 * Who may read a topic, decided here and nowhere else. A topic of a subject needs the subject to exist, too: that is
 * the caller's to ask, and unknown subjects are refused like forbidden ones.
 */
public final class TopicPolicy {

    private TopicPolicy() {}

    /** By exact match: a right to one id never opens another; {@code kind:*} is granted where any of the kind may be. */
    public static boolean mayRead(Principal reader, Topic topic) {
        return switch (topic.kind()) {
            case TENANT -> true;
            case SYSTEM -> reader.may(Permission.OPS_READ);
            case STOCK -> reader.may(Permission.STOCK_READ);
            case USER ->
                topic.isWildcard() || topic.id().equals(reader.account().toString());
            case ROLE ->
                topic.isWildcard() || Role.of(topic.id()).filter(reader::has).isPresent();
            case LOCATION ->
                topic.isWildcard()
                        ? reader.may(Permission.STOCK_READ)
                        : reader.may(Permission.STOCK_READ, topic.uuid());
            case PART -> reader.may(Permission.PARTS_READ);
            case CATEGORY -> reader.may(Permission.PARTS_READ);
            case ALERT -> reader.may(Permission.STOCK_READ);
            case JOB -> true;
        };
    }

    /** Whether a reader of an event sees that it travels on this topic. */
    public static boolean shows(Principal reader, Topic topic) {
        return switch (topic.kind()) {
            case USER -> topic.id().equals(reader.account().toString());
            case ROLE, SYSTEM -> mayRead(reader, topic);
            case TENANT, STOCK, LOCATION, PART, CATEGORY, ALERT, JOB -> true;
        };
    }

    /** True for kinds whose topics some readers of an event must not see. */
    public static boolean isDiscreet(Topic.Kind kind) {
        return switch (kind) {
            case USER, ROLE, SYSTEM -> true;
            case TENANT, STOCK, LOCATION, PART, CATEGORY, ALERT, JOB -> false;
        };
    }
}
