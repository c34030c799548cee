/** The secrets of identity: master key, signing keys, tokens, password hashes; and who stands behind a token now. */
@NullMarked
package io.sluice.access.security;

import org.jspecify.annotations.NullMarked;
