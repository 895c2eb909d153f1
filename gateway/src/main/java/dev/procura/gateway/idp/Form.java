package dev.procura.gateway.idp;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The fields of a token request, in order. Holds tokens and secrets, so it prints the names only. */
final class Form {

    private record Field(String name, String value) {}

    private final List<Field> fields = new ArrayList<>();

    Form add(String name, String value) {
        fields.add(new Field(name, value));
        return this;
    }

    /** A field that a dialect may have put here already. */
    Form addIfAbsent(String name, String value) {
        return fields.stream().anyMatch(field -> field.name().equals(name)) ? this : add(name, value);
    }

    Form copy() {
        Form copy = new Form();
        copy.fields.addAll(fields);
        return copy;
    }

    /** {@code application/x-www-form-urlencoded}, UTF-8. */
    String encode() {
        StringBuilder text = new StringBuilder();
        for (Field field : fields) {
            if (!text.isEmpty()) {
                text.append('&');
            }
            text.append(URLEncoder.encode(field.name(), StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(field.value(), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "Form" + fields.stream().map(Field::name).toList();
    }
}
