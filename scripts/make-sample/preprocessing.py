"""What the model takes and gives: the one place; printed for make.mjs, which writes it into model-deck.yaml."""

RESIZE = 256
CROP = 224
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
INPUT_NAME = 'input'
OUTPUT_NAME = 'logits'

if __name__ == '__main__':
    import json

    names = ('RESIZE', 'CROP', 'MEAN', 'STD', 'INPUT_NAME', 'OUTPUT_NAME')
    print(json.dumps({name: globals()[name] for name in names}))
