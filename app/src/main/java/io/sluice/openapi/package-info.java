/**
 * Describes the routes as OpenAPI 3.1, from the same records, annotations and nullness that bind and answer requests,
 * so that the description cannot differ from what happens.
 */
@NullMarked
package io.sluice.openapi;

import org.jspecify.annotations.NullMarked;
