package dev.procura.gateway.idp;

import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.problem.Prose;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * What is made of an SSL bundle, made anew when Spring Boot says that the bundle has changed ({@code reload-on-update}). A
 * change that cannot be used is logged, and what was good before stays.
 */
final class BundleValue<T> implements Supplier<T> {

    private static final Logger log = LoggerFactory.getLogger(BundleValue.class);

    /** What is made of the bundle. */
    @FunctionalInterface
    interface Maker<T> {
        T make(SslBundle bundle) throws GeneralSecurityException, SSLException;
    }

    private final String key;
    private final Maker<T> maker;
    private final AtomicReference<T> current;

    private BundleValue(String key, Maker<T> maker, T first) {
        this.key = key;
        this.maker = maker;
        this.current = new AtomicReference<>(first);
    }

    /**
     * @param key the configuration key that names the bundle
     * @throws InvalidSetting when there is no such bundle, or nothing can be made of it
     */
    static <T> BundleValue<T> of(String key, String bundleName, SslBundles bundles, Maker<T> maker) {
        String example = "ssl-bundle: gateway-client";
        try {
            SslBundle first = bundles.getBundle(bundleName);
            BundleValue<T> value = new BundleValue<>(key, maker, maker.make(first));
            bundles.addBundleUpdateHandler(bundleName, value::replace);
            SslBundle second = bundles.getBundle(bundleName);
            if (!second.equals(first)) {
                // It changed before there was somebody to tell.
                value.replace(second);
            }
            return value;
        } catch (NoSuchSslBundleException e) {
            throw new InvalidSetting(
                    key, "names a bundle that spring.ssl.bundle does not have: " + bundleName, example);
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            throw new InvalidSetting(
                    key, "names a bundle that cannot be used: " + bundleName + " (" + reason(e) + ")", example);
        }
    }

    private void replace(SslBundle bundle) {
        try {
            current.set(maker.make(bundle));
            log.info("{}: the bundle has changed, its new key is used from now on", key);
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            log.warn("{}: the bundle has changed and cannot be used, the last good one stays: {}", key, reason(e));
        }
    }

    /** Spring Boot's words name the file; a key in the place of a file name is not in them. */
    private static String reason(Exception e) {
        return Prose.forLog(e instanceof GeneralSecurityException ? String.valueOf(e.getMessage()) : e.toString());
    }

    @Override
    public T get() {
        return current.get();
    }

    @Override
    public String toString() {
        return "BundleValue[" + key + "]";
    }
}
