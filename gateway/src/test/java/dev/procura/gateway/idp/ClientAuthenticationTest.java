package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.token.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAuthenticationTest {

    @ParameterizedTest
    @CsvSource({
        "gateway, secret, gateway:secret",
        "gate:way, se:cret, gate%3Away:se%3Acret",
        "gateway, 100%, gateway:100%25",
        "gateway, %3A, gateway:%253A",
        "gate way, my secret, gate+way:my+secret",
        "gateway, a+b, gateway:a%2Bb",
        "gäteway, schlüssel, g%C3%A4teway:schl%C3%BCssel",
        "gateway, 密, gateway:%E5%AF%86",
        "https://api.example.com/x, a&b=c, https%3A%2F%2Fapi.example.com%2Fx:a%26b%3Dc",
        "gateway, *-_.~, gateway:*-_.%7E",
    })
    void basicFormEncodesIdAndSecretFirst(String id, String secret, String pair) {
        String header = ClientAuthentication.CLIENT_SECRET_BASIC
                .authorization(id, Secret.of(secret))
                .orElseThrow();

        assertThat(header).startsWith("Basic ");
        assertThat(new String(
                        Base64.getDecoder().decode(header.substring("Basic ".length())), StandardCharsets.US_ASCII))
                .isEqualTo(pair);
    }

    @Test
    void basicPutsNothingIntoTheForm() {
        Form form = new Form();
        ClientAuthentication.CLIENT_SECRET_BASIC.addTo(form, "gateway", Secret.of("secret"));

        assertThat(form.encode()).isEmpty();
    }

    @Test
    void postPutsIdAndSecretIntoTheFormAndNothingIntoAHeader() {
        Form form = new Form();
        ClientAuthentication.CLIENT_SECRET_POST.addTo(form, "gate way", Secret.of("a:b%c&d ü"));

        assertThat(form.encode()).isEqualTo("client_id=gate+way&client_secret=a%3Ab%25c%26d+%C3%BC");
        assertThat(ClientAuthentication.CLIENT_SECRET_POST.authorization("gateway", Secret.of("secret")))
                .isEmpty();
    }
}
