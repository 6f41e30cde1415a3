"""What gunicorn serves while W1b and W3 are measured: the product, with the bare views beside it."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
