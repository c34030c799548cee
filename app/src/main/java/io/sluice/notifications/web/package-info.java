/** A user's own inbox over HTTP. */
@NullMarked
package io.sluice.notifications.web;

import org.jspecify.annotations.NullMarked;
