/**
 * The complete list of ways a request can fail, how each looks over HTTP, and how a wrong setting is refused.
 *
 * <p>Question: what went wrong, and who may know what of it? Front door: {@link dev.procura.gateway.problem.Problem},
 * {@link dev.procura.gateway.problem.ProblemException}. May import: {@code token}.
 */
@NullMarked
package dev.procura.gateway.problem;

import org.jspecify.annotations.NullMarked;
