/** Commands that share transactions: a bounded queue for each tenant, one transaction in flight, no timers. */
@NullMarked
package io.sluice.log.hot;

import org.jspecify.annotations.NullMarked;
