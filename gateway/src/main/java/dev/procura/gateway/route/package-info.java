/**
 * Question 6: send it to the right tier.
 *
 * <p>The Spring Cloud Gateway glue: {@code procura.routes} becomes ordinary routes, each with its access rule and its
 * credential plan, and the few places in a request's way where those are enforced. Front door: {@link
 * dev.procura.gateway.route.ProcuraRoute}, {@link dev.procura.gateway.route.AdmittingWebHandler}. May import every package
 * before it.
 */
@NullMarked
package dev.procura.gateway.route;

import org.jspecify.annotations.NullMarked;
