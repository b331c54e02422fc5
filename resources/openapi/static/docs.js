"use strict";

// The page to try the API. A token that is typed in alone is sent as the scheme that it belongs to.
const place = document.getElementById("api");
const SCHEME = "Session-Token ";

SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  // Nothing is sent to anybody else.
  validatorUrl: null,
  requestInterceptor(request) {
    const given = request.headers.Authorization;
    if (given && !given.includes(" ")) {
      request.headers.Authorization = SCHEME + given;
    }
    return request;
  },
});
