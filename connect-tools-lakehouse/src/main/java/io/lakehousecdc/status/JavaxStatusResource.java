// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.status.StatusPages.Answer;
import javax.ws.rs.GET;
import javax.ws.rs.Path;
import javax.ws.rs.Produces;
import javax.ws.rs.core.Response;

/** The resource of the status for workers of Kafka 3.9, whose JAX-RS is {@code javax.ws.rs}. */
@Path("lakehouse")
public final class JavaxStatusResource {
  private final StatusPages pages;

  JavaxStatusResource(StatusPages pages) {
    this.pages = pages;
  }

  /** The page. */
  @GET
  @Produces(StatusPages.HTML)
  public Response html() {
    return response(pages.html());
  }

  /** The same for programs. */
  @GET
  @Path("status.json")
  @Produces(StatusPages.JSON)
  public Response json() {
    return response(pages.json());
  }

  private static Response response(Answer answer) {
    Response.ResponseBuilder response = Response.status(answer.status()).entity(answer.body());
    StatusPages.headers().forEach(response::header);
    return response.build();
  }
}
