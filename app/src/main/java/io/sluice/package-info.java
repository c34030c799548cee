/** The server's start. */
@NullMarked
package io.sluice;

import org.jspecify.annotations.NullMarked;
