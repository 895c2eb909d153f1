{{- define "procura.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "procura.serviceAccount" -}}
{{- if .Values.serviceAccount.name }}{{ .Values.serviceAccount.name }}
{{- else if .Values.serviceAccount.create }}{{ include "procura.name" . }}
{{- else }}default
{{- end }}
{{- end }}

{{- define "procura.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "procura.labels" -}}
{{ include "procura.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "procura.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{- /* The keys of a map, however deep, a line each, as Spring Boot compares them and environment variables: letters and digits. */}}
{{- define "procura.keys" -}}
{{- range $key, $value := .map }}
{{- $path := printf "%s%s" $.prefix (regexReplaceAll "[^a-z0-9]" (lower $key) "") }}
{{- if kindIs "map" $value }}
{{- include "procura.keys" (dict "map" $value "prefix" $path) }}
{{- else }}
{{- printf "%s\n" $path }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The configuration as a map, also where it is text. */}}
{{- define "procura.config" -}}
{{- ternary (.Values.config | toString | fromYaml) .Values.config (kindIs "string" .Values.config) | toJson }}
{{- end }}
