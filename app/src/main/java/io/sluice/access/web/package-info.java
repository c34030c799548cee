/** Identity over HTTP: login and tokens, one's own profile and sessions, users and their grants. */
@NullMarked
package io.sluice.access.web;

import org.jspecify.annotations.NullMarked;
