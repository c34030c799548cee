/** What must be right before anything starts. */
@NullMarked
package io.sluice.start;

import org.jspecify.annotations.NullMarked;
