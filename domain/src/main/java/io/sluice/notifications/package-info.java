/** What people are told of events: who, once, in which words. Knows no way of delivery beyond the inbox. */
@NullMarked
package io.sluice.notifications;

import org.jspecify.annotations.NullMarked;
