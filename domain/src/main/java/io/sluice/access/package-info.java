/** Who may do what on which rows: roles, permissions, grants with scope, sessions, and who may read a topic. */
@NullMarked
package io.sluice.access;

import org.jspecify.annotations.NullMarked;
