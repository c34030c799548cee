package io.sluice.cache.redis;

import io.sluice.cache.Cached.Level;

/** What a read was answered with, and by whom. */
record Answer(Held held, Level level) {}
