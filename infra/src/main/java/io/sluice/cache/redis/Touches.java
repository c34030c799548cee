package io.sluice.cache.redis;

import io.sluice.cache.Invalidation;
import io.sluice.shared.TenantId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the position of the last event of each tag, of so many tags a tenant. When a tag is forgotten for a newer
 * one, everything loaded before its last event counts as stale.
 */
final class Touches implements Invalidation {

    private final int limit;
    private final AtomicLong eras = new AtomicLong();
    private final Map<TenantId, Followed> tenants = new ConcurrentHashMap<>();

    Touches(int limit) {
        this.limit = limit;
    }

    @Override
    public void follow(TenantId tenant, long head) {
        tenants.computeIfAbsent(tenant, _ -> new Followed(eras.incrementAndGet(), head, limit))
                .catchUp(head);
    }

    @Override
    public void touched(TenantId tenant, long position, Collection<String> topics) {
        Followed followed = tenants.get(tenant);
        if (followed != null) {
            followed.touched(position, topics);
        }
    }

    @Override
    public void suspect(TenantId tenant, long position) {
        Followed followed = tenants.get(tenant);
        if (followed != null) {
            followed.suspect(position);
        }
    }

    @Override
    public void settled(TenantId tenant, long position) {
        Followed followed = tenants.get(tenant);
        if (followed != null) {
            followed.settled(position);
        }
    }

    @Override
    public long known(TenantId tenant) {
        Mark mark = mark(tenant);
        return mark == null ? UNKNOWN : mark.position();
    }

    @Override
    public void forget(TenantId tenant) {
        tenants.remove(tenant);
    }

    /** What is known of the tenant now, or null when it is not followed. */
    @Nullable
    Mark mark(TenantId tenant) {
        Followed followed = tenants.get(tenant);
        return followed == null ? null : followed.mark();
    }

    /** True while no event after the mark has touched one of the tags. */
    boolean isFresh(TenantId tenant, Mark mark, Set<String> tags) {
        Followed followed = tenants.get(tenant);
        return followed != null && followed.isFresh(mark, tags);
    }

    /** One tenant's touches, the longest untouched tag first. */
    private static final class Followed {

        private final long era;
        private final int limit;
        private final Map<String, Long> last = new LinkedHashMap<>();
        private long known;
        private long floor;
        private long suspected;
        private long settled;

        Followed(long era, long head, int limit) {
            this.era = era;
            this.limit = limit;
            this.known = head;
            this.floor = head;
        }

        synchronized void catchUp(long head) {
            if (head > known) {
                known = head;
                floor = head;
            }
        }

        synchronized void suspect(long position) {
            suspected = Math.max(suspected, position);
        }

        synchronized void settled(long position) {
            settled = Math.max(settled, position);
        }

        synchronized void touched(long position, Collection<String> topics) {
            known = Math.max(known, position);
            for (String topic : topics) {
                touch(topic, position);
                int colon = topic.indexOf(':');
                if (colon > 0) {
                    touch(topic.substring(0, colon) + ":*", position);
                }
            }
            forgetOldest();
        }

        private void touch(String tag, long position) {
            Long before = last.remove(tag);
            last.put(tag, before == null ? position : Math.max(before, position));
        }

        private void forgetOldest() {
            var oldest = last.values().iterator();
            while (last.size() > limit) {
                floor = Math.max(floor, oldest.next());
                oldest.remove();
            }
        }

        synchronized Mark mark() {
            return new Mark(era, known);
        }

        synchronized boolean isFresh(Mark mark, Set<String> tags) {
            return mark.era() == era
                    && settled >= suspected
                    && mark.position() >= floor
                    && tags.stream().allMatch(tag -> mark.position() >= last.getOrDefault(tag, floor));
        }
    }
}
