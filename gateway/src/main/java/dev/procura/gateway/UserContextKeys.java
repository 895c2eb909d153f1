package dev.procura.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.procura.gateway.problem.InvalidSetting;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Reads the keys that sign user contexts from SSL bundles, or makes one when none is named. */
final class UserContextKeys {

    private static final String KEY = "procura.user-context.keys";
    private static final String EXAMPLE = "user-context: { keys: [user-context] }";

    private UserContextKeys() {}

    /** @throws InvalidSetting when a bundle is missing, or holds no P-256 key with its certificate */
    static List<ECKey> of(List<String> bundleNames, SslBundles bundles) {
        if (bundleNames.isEmpty()) {
            return List.of(generated());
        }
        List<ECKey> keys = new ArrayList<>();
        for (String name : bundleNames) {
            keys.add(read(name, bundles));
        }
        return keys;
    }

    /** Known to this process alone: a second replica's statements would be refused. */
    private static ECKey generated() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("every JDK makes P-256 keys", e);
        }
    }

    private static ECKey read(String name, SslBundles bundles) {
        try {
            SslBundle bundle = bundles.getBundle(name);
            KeyStore store = bundle.getStores().getKeyStore();
            if (store != null) {
                for (String alias : Collections.list(store.aliases())) {
                    Key key = store.getKey(alias, password(bundle));
                    if (key instanceof ECPrivateKey privateKey
                            && store.getCertificate(alias).getPublicKey() instanceof ECPublicKey publicKey
                            && Curve.P_256.equals(Curve.forECParameterSpec(publicKey.getParams()))) {
                        return keyPair(publicKey, privateKey);
                    }
                }
            }
        } catch (NoSuchSslBundleException e) {
            throw new InvalidSetting(KEY, "names a bundle that spring.ssl.bundle does not have: " + name, EXAMPLE);
        } catch (GeneralSecurityException | JOSEException | RuntimeException e) {
            // A file that is missing or damaged, or a wrong password: Spring Boot's words name the file.
            throw new InvalidSetting(KEY, "names a bundle whose key cannot be read: " + name + " (" + e + ")", EXAMPLE);
        }
        throw new InvalidSetting(
                KEY, "names a bundle without a P-256 key and its certificate (ES256 needs one): " + name, EXAMPLE);
    }

    /** The key's own password, else the store's, as Spring Boot has it elsewhere. */
    private static char[] password(SslBundle bundle) {
        String password = bundle.getKey().getPassword();
        if (password == null) {
            password = bundle.getStores().getKeyStorePassword();
        }
        return password == null ? new char[0] : password.toCharArray();
    }

    private static ECKey keyPair(ECPublicKey publicKey, ECPrivateKey privateKey) throws JOSEException {
        return new ECKey.Builder(Curve.P_256, publicKey)
                .privateKey(privateKey)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.ES256)
                .keyIDFromThumbprint()
                .build();
    }
}
