/**
 * Google Cloud Storage, by its JSON API.
 *
 * @see <a href="https://cloud.google.com/storage/docs/json_api">Cloud Storage JSON API</a>
 */
package io.lakehousecdc.sink.delta.gcs;
