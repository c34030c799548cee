/** Who stops the servers that a node brings with it. Knows processes and files, and none of the servers. */
@NullMarked
package io.sluice.embedded;

import org.jspecify.annotations.NullMarked;
