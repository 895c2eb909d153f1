/** The issuer from outside, over HTTP. */
@NullMarked
package dev.procura.sample.issuer;

import org.jspecify.annotations.NullMarked;
